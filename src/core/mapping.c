/* core/mapping.c */
