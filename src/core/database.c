/* core/database.c */
