/* crm.c: the floor on which the sandbox's Mailchimp, HubSpot and Brevo stand.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "crm.h"
#include <string.h>

/* Records. */

static void shelf_free (Shelf *shelf) {
  g_ptr_array_unref (shelf->records);
  g_hash_table_unref (shelf->by_id);
  g_free (shelf);
}

Shelf *crm_add_shelf (Crm *crm, const char *name) {
  Shelf *shelf = g_new0 (Shelf, 1);

  shelf->name = g_intern_string (name);
  shelf->records = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  shelf->by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (crm->shelves, shelf);
  return shelf;
}

Shelf *crm_shelf (Crm *crm, const char *name) {
  for (guint i = 0; name && i < crm->shelves->len; i++)
    if (g_str_equal (((Shelf *) crm->shelves->pdata[i])->name, name))
      return crm->shelves->pdata[i];
  return NULL;
}

static char *id_of (JsonObject *record) {
  JsonNode *node = json_object_get_member (record, "id");

  if (node && json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  return g_strdup_printf ("%" G_GINT64_FORMAT, node ? json_node_get_int (node) : 0);
}

void shelf_add (Shelf *shelf, JsonObject *record) {
  g_ptr_array_add (shelf->records, record);
  g_hash_table_replace (shelf->by_id, id_of (record), record);
}

void shelf_clear (Shelf *shelf) {
  g_hash_table_remove_all (shelf->by_id);
  g_ptr_array_set_size (shelf->records, 0);
}

void shelf_remove (Shelf *shelf, JsonObject *record) {
  g_autofree char *id = id_of (record);

  g_hash_table_remove (shelf->by_id, id);
  g_ptr_array_remove (shelf->records, record);
}

void shelf_rename (Shelf *shelf, JsonObject *record, const char *id) {
  g_autofree char *old = id_of (record);

  g_hash_table_remove (shelf->by_id, old);
  g_hash_table_replace (shelf->by_id, g_strdup (id), record);
}

JsonObject *shelf_get (Shelf *shelf, const char *id) {
  return g_hash_table_lookup (shelf->by_id, id);
}

/* Time. */

gint64 crm_tick (Crm *crm) {
  if (!crm->seeding)
    crm->last = MAX (g_get_real_time () / 1000, crm->last + 1);
  return crm->last;
}

char *crm_time (gint64 milliseconds, const char *format) {
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (milliseconds / 1000);
  g_autofree char *text = g_date_time_format (time, format);
  g_autofree char *fraction = g_strdup_printf ("%03d", (int) (milliseconds % 1000));
  GString *out = g_string_new (text);

  g_string_replace (out, "###", fraction, 1);
  return g_string_free (out, FALSE);
}

gint64 crm_parse_time (const char *text) {
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (text, utc);

  return time ? g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000 : -1;
}

/* Limits. */

gboolean crm_take (Crm *crm, guint index) {
  Limit *limit = &crm->limits[index];
  gint64 now = g_get_monotonic_time ();
  gint64 *oldest;

  while ((oldest = g_queue_peek_head (&limit->times)) && *oldest <= now - limit->milliseconds * 1000)
    g_free (g_queue_pop_head (&limit->times));
  if (limit->requests && limit->times.length >= limit->requests)
    return FALSE;
  g_queue_push_tail (&limit->times, g_memdup2 (&now, sizeof now));
  return TRUE;
}

void crm_set_limit (Crm *crm, guint index, guint requests, gint64 milliseconds) {
  Limit *limit = &crm->limits[MIN (index, G_N_ELEMENTS (crm->limits) - 1)];

  g_queue_clear_full (&limit->times, g_free);
  limit->requests = requests;
  limit->milliseconds = milliseconds;
}

/* JSON. */

JsonObject *crm_parse (const char *text) {
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  return node && JSON_NODE_HOLDS_OBJECT (node) ? json_object_ref (json_node_get_object (node)) : NULL;
}

/* json-glib itself would print 19.99 as 19.989999999999998. */
static void append_node (GString *out, JsonNode *node) {
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;

  if (JSON_NODE_HOLDS_OBJECT (node)) {
    crm_append (out, json_node_get_object (node));
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *list = json_node_get_array (node);
    g_string_append_c (out, '[');
    for (guint i = 0; i < json_array_get_length (list); i++) {
      g_string_append (out, i > 0 ? "," : "");
      append_node (out, json_array_get_element (list, i));
    }
    g_string_append_c (out, ']');
  } else if (type == G_TYPE_DOUBLE) {
    tree_append_number (out, json_node_get_double (node));
  } else {
    g_autofree char *text = json_to_string (node, FALSE);
    g_string_append (out, text);
  }
}

void crm_append (GString *out, JsonObject *object) {
  g_autoptr (GList) names = json_object_get_members (object);

  g_string_append_c (out, '{');
  for (GList *name = names; name; name = name->next) {
    g_string_append (out, name != names ? "," : "");
    tree_append_text (out, name->data, -1);
    g_string_append_c (out, ':');
    append_node (out, json_object_get_member (object, name->data));
  }
  g_string_append_c (out, '}');
}

void crm_answer (Answer *answer, guint status, JsonObject *object) {
  answer_set (answer, status, "");
  crm_append (answer->body, object);
  json_object_unref (object);
}

const char *crm_text (JsonObject *object, const char *name) {
  JsonNode *node = json_object_get_member (object, name);

  return node && json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : "";
}

JsonObject *crm_body (const Request *request, Answer *answer, Crm *crm) {
  g_autofree char *text = g_strndup (request->body, request->length);
  const char *type = soup_message_headers_get_content_type (request->headers, NULL);
  JsonObject *body = crm_parse (text);

  if (body == NULL || g_strcmp0 (type, "application/json") != 0) {
    g_clear_pointer (&body, json_object_unref);
    crm->fail (answer, 400, "The body is not the JSON that it should be.");
  }
  return body;
}

static gboolean is_known (const char *name, const char *known) {
  g_auto (GStrv) names = g_strsplit (known, " ", -1);

  return g_strv_contains ((const char *const *) names, name);
}

const char *crm_unknown_member (JsonObject *object, const char *known) {
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *name = names; name; name = name->next)
    if (!is_known (name->data, known))
      return g_intern_string (name->data);
  return NULL;
}

const char *crm_unknown_parameter (GPtrArray *query, const char *known) {
  for (guint i = 0; i < query->len; i++)
    if (!is_known (((Parameter *) query->pdata[i])->name, known))
      return ((Parameter *) query->pdata[i])->name;
  return NULL;
}

gint64 crm_number (GPtrArray *query, const char *name, gint64 fallback) {
  const char *text = parameters_get (query, name);

  return text ? g_ascii_strtoll (text, NULL, 10) : fallback;
}

/* Requests. */

void crm_handle (gpointer service, const Request *request, Answer *answer) {
  Crm *crm = service;
  g_autoptr (GPtrArray) query = parameters_parse (request->query, -1);

  if (!query || !g_str_has_prefix (request->path, crm->prefix))
    crm->fail (answer, 404, "There is nothing at this address.");
  else if (!crm->check_key (request))
    crm->fail (answer, 401,
               "Your API key may be invalid, or you've attempted to access the wrong datacenter.");
  else {
    g_auto (GStrv) parts = g_strsplit (request->path + strlen (crm->prefix), "/", -1);
    for (guint i = 0; parts[i]; i++) {
      char *decoded = g_uri_unescape_string (parts[i], NULL);
      g_free (parts[i]);
      parts[i] = decoded ? decoded : g_strdup ("");
    }
    crm->handle (crm, request, parts, query, answer);
  }
}

/* The control port. */

static void merge (JsonObject *into, JsonObject *from) {
  g_autoptr (GList) names = json_object_get_members (from);

  for (GList *name = names; name; name = name->next) {
    JsonNode *node = json_object_get_member (from, name->data);
    JsonNode *old = json_object_get_member (into, name->data);
    if (old && JSON_NODE_HOLDS_OBJECT (old) && JSON_NODE_HOLDS_OBJECT (node))
      merge (json_node_get_object (old), json_node_get_object (node));
    else
      json_object_set_member (into, name->data, json_node_copy (node));
  }
}

const char *crm_put (Crm *crm, const char *name, const Tree *record) {
  Shelf *shelf = crm_shelf (crm, name);
  g_autoptr (GString) text = g_string_new (NULL);

  if (!shelf || !record)
    return "no such shelf, or no record";
  tree_write (text, record, -1);
  g_autoptr (JsonObject) given = crm_parse (text->str);
  g_autofree char *id = json_object_has_member (given, "id") ? id_of (given) : NULL;
  JsonObject *known = id ? shelf_get (shelf, id) : NULL;
  JsonObject *whole = known ? known : json_object_new ();
  merge (whole, given);
  crm->complete (crm, shelf, whole);
  if (known == NULL)
    shelf_add (shelf, whole);
  return NULL;
}

const char *crm_set_count (Crm *crm, const char *name, guint count, gboolean same_time) {
  Shelf *shelf = crm_shelf (crm, name);

  if (!shelf)
    return "no such shelf";
  shelf_clear (shelf);
  crm->last = g_get_real_time () / 1000 - 10 * 86400 * 1000; /* ten days ago */
  crm->seeding = TRUE;
  for (guint i = 0; i < count; i++) {
    crm->last += same_time ? 0 : 1000;
    shelf_add (shelf, crm->make (crm, shelf, i));
  }
  crm->seeding = FALSE;
  return NULL;
}

const char *crm_delete (Crm *crm, const char *name, const char *id) {
  Shelf *shelf = crm_shelf (crm, name);
  JsonObject *record = shelf && id ? shelf_get (shelf, id) : NULL;

  if (!record)
    return "no such record";
  shelf_remove (shelf, record);
  return NULL;
}

const char *crm_write (Crm *crm, const char *name, GString *out) {
  Shelf *shelf = crm_shelf (crm, name);

  if (!shelf)
    return "no such shelf";
  g_string_append_c (out, '[');
  for (guint i = 0; i < shelf->records->len; i++) {
    g_string_append (out, i > 0 ? ",\n" : "");
    crm_append (out, shelf->records->pdata[i]);
  }
  g_string_append (out, "]\n");
  return NULL;
}

Crm *crm_new (const char *service, const char *prefix) {
  Crm *crm = g_new0 (Crm, 1);

  crm->service = service;
  crm->prefix = prefix;
  crm->shelves = g_ptr_array_new_with_free_func ((GDestroyNotify) shelf_free);
  for (guint i = 0; i < G_N_ELEMENTS (crm->limits); i++)
    g_queue_init (&crm->limits[i].times);
  return crm;
}

void crm_free (Crm *crm) {
  for (guint i = 0; i < G_N_ELEMENTS (crm->limits); i++)
    g_queue_clear_full (&crm->limits[i].times, g_free);
  g_ptr_array_unref (crm->shelves);
  g_free (crm);
}
