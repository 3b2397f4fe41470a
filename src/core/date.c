/* core/date.c */
