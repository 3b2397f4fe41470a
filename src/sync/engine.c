/* sync/engine.c */
