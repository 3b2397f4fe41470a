/* core/decimal.c */
