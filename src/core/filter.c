/* core/filter.c */
