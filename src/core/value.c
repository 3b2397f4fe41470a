/* core/value.c */
