/* core/record.c */
