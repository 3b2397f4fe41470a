/* core/store.c */
