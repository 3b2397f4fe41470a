/* ui/window.c */
