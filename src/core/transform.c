/* core/transform.c */
