/* core/journal.c */
