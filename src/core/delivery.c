/* core/delivery.c */
