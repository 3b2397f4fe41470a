/* sync/queue.c */
