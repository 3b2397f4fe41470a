/* core/integration.c */
