/* ui/application.c */
