/* brevo.c: behaves as Brevo's API v3 does, on the main loop: contacts, lists and campaigns.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Limits: 0 counts the requests below /contacts, 1 all others. Values of the wrong type are silently ignored. */
#include "crm.h"
#include <string.h>

#define TIME "%Y-%m-%dT%H:%M:%S.###+00:00"

static void fail (Answer *answer, guint status, const char *message) {
  const char *code = status == 401   ? "unauthorized"
                     : status == 404 ? "document_not_found"
                     : status == 429 ? "too_many_requests"
                                     : "invalid_parameter";
  JsonObject *error = json_object_new ();

  json_object_set_string_member (error, "code", code);
  json_object_set_string_member (error, "message", message);
  if (status == 429)
    soup_message_headers_replace (answer->headers, "x-sib-ratelimit-reset", "1");
  crm_answer (answer, status, error);
}

static gboolean check_key (const Request *request) {
  const char *key = soup_message_headers_get_one (request->headers, "api-key");

  return key && g_str_has_prefix (key, "xkeysib-") && strstr (key, "REFUSED") == NULL;
}

static void touch (Crm *crm, JsonObject *record) {
  g_autofree char *time = crm_time (crm_tick (crm), TIME);

  json_object_set_string_member (record, "modifiedAt", time);
  if (!json_object_has_member (record, "createdAt"))
    json_object_set_string_member (record, "createdAt", time);
}

static void complete (Crm *crm, Shelf *shelf, JsonObject *record) {
  if (!json_object_has_member (record, "id"))
    json_object_set_int_member (record, "id", ++crm->serial);
  if (!g_str_equal (shelf->name, "contacts"))
    return;
  if (!json_object_has_member (record, "emailBlacklisted"))
    json_object_set_boolean_member (record, "emailBlacklisted", FALSE);
  if (!json_object_has_member (record, "smsBlacklisted"))
    json_object_set_boolean_member (record, "smsBlacklisted", FALSE);
  if (!json_object_has_member (record, "listIds"))
    json_object_set_array_member (record, "listIds", json_array_new ());
  if (!json_object_has_member (record, "attributes"))
    json_object_set_object_member (record, "attributes", json_object_new ());
  touch (crm, record);
}

static JsonObject *make (Crm *crm, Shelf *shelf, guint index) {
  g_autofree char *text =
      g_strdup_printf ("{\"email\":\"client%u@boutique.test\",\"name\":\"Liste "
                       "%u\",\"subject\":\"Soldes\",\"attributes\":{\"PRENOM\":\"Zoé %u\",\"POINTS\":%u}}",
                       index, index, index, index);
  JsonObject *record = crm_parse (text);

  complete (crm, shelf, record);
  return record;
}

static void answer_list (Shelf *shelf, const char *name, const char *known, guint longest, GPtrArray *query,
                         Answer *answer) {
  gint64 limit = crm_number (query, "limit", 50), offset = crm_number (query, "offset", 0);
  const char *unknown = crm_unknown_parameter (query, known),
             *since_text = parameters_get (query, "modifiedSince");
  gint64 since = since_text ? crm_parse_time (since_text) : G_MININT64;
  gboolean ascending = g_strcmp0 (parameters_get (query, "sort"), "asc") == 0;
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  if (unknown || limit < 0 || limit > longest || (since_text && since < 0)) {
    fail (answer, 400, unknown ? unknown : "A query parameter is wrong");
    return;
  }
  for (guint i = 0; i < shelf->records->len; i++) {
    JsonObject *record = shelf->records->pdata[ascending ? i : shelf->records->len - 1 - i];
    if (since == G_MININT64 || crm_parse_time (crm_text (record, "modifiedAt")) > since)
      g_ptr_array_add (found, record);
  }
  answer_set (answer, 200, "{");
  if (found->len > 0 || g_str_equal (name, "contacts")) /* an empty list is left out, as the real one does */
    g_string_append_printf (answer->body, "\"%s\":[", name);
  for (guint i = offset; i < found->len && i < offset + limit; i++) {
    g_string_append (answer->body, i > offset ? "," : "");
    crm_append (answer->body, found->pdata[i]);
  }
  g_string_append_printf (answer->body, "%s\"count\":%u}",
                          found->len > 0 || g_str_equal (name, "contacts") ? "]," : "", found->len);
}

static JsonObject *find (Shelf *shelf, const char *identifier) {
  if (!strchr (identifier, '@'))
    return shelf_get (shelf, identifier);
  for (guint i = 0; i < shelf->records->len; i++)
    if (g_ascii_strcasecmp (crm_text (shelf->records->pdata[i], "email"), identifier) == 0)
      return shelf->records->pdata[i];
  return NULL;
}

static const char attributes[] =
    "{\"attributes\":["
    "{\"name\":\"PRENOM\",\"category\":\"normal\",\"type\":\"text\"},{\"name\":\"NOM\",\"category\":"
    "\"normal\",\"type\":\"text\"},"
    "{\"name\":\"POINTS\",\"category\":\"normal\",\"type\":\"float\"},{\"name\":\"NAISSANCE\",\"category\":"
    "\"normal\",\"type\":\"date\"},"
    "{\"name\":\"VIP\",\"category\":\"normal\",\"type\":\"boolean\"},"
    "{\"name\":\"CIVILITE\",\"category\":\"category\",\"enumeration\":[{\"value\":1,\"label\":\"Mme\"},{"
    "\"value\":2,\"label\":\"M.\"}]},"
    "{\"name\":\"SCORE\",\"category\":\"calculated\",\"calculatedValue\":\"COUNT[X]\"},{\"name\":\"HOLO\","
    "\"category\":\"hologram\",\"type\":\"hologram\"}]}";

/* Sets what is of the right type. */
static void apply (JsonObject *contact, JsonObject *given) {
  g_autoptr (GList) names = given ? json_object_get_members (given) : NULL;
  JsonObject *has = json_object_get_object_member (contact, "attributes");

  for (GList *name = names; name; name = name->next) {
    JsonNode *node = json_object_get_member (given, name->data);
    GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;
    gboolean number = g_str_equal (name->data, "POINTS"), boolean = g_str_equal (name->data, "VIP");
    gboolean fits = number    ? type == G_TYPE_INT64 || type == G_TYPE_DOUBLE
                    : boolean ? type == G_TYPE_BOOLEAN
                              : type == G_TYPE_STRING;
    if (g_str_equal (name->data, "EMAIL"))
      json_object_set_member (contact, "email", json_node_copy (node));
    else if (fits)
      json_object_set_member (has, name->data, json_node_copy (node));
  }
}

static void answer_write (Crm *crm, Shelf *shelf, JsonObject *contact, const Request *request,
                          Answer *answer) {
  g_autoptr (JsonObject) body = crm_body (request, answer, crm);
  gboolean post = g_str_equal (request->method, "POST");

  if (!body)
    return;
  const char *unknown = crm_unknown_member (
      body,
      post ? "email ext_id attributes emailBlacklisted smsBlacklisted listIds updateEnabled "
             "smtpBlacklistSender"
           : "attributes ext_id emailBlacklisted smsBlacklisted listIds unlinkListIds smtpBlacklistSender");
  const char *email = crm_text (body, "email");
  JsonObject *given =
      json_object_has_member (body, "attributes") ? json_object_get_object_member (body, "attributes") : NULL;
  gboolean fresh = post && (contact = find (shelf, email)) == NULL;
  if (unknown || (post && !g_regex_match_simple ("^[^@ ]+@[^@ ]+\\.[^@ ]+$", email, 0, 0))) {
    fail (answer, 400, unknown ? unknown : "Invalid email address");
    return;
  }
  if (post && contact && !json_object_get_boolean_member_with_default (body, "updateEnabled", FALSE)) {
    fail (answer, 400, "Unable to create contact, email is already associated with another Contact");
    return;
  }
  if (fresh) {
    contact = json_object_new ();
    json_object_set_string_member (contact, "email", email);
    complete (crm, shelf, contact);
    shelf_add (shelf, contact);
  }
  if (json_object_has_member (body, "emailBlacklisted"))
    json_object_set_member (contact, "emailBlacklisted",
                            json_node_copy (json_object_get_member (body, "emailBlacklisted")));
  if (json_object_has_member (body, "listIds"))
    json_object_set_member (contact, "listIds", json_node_copy (json_object_get_member (body, "listIds")));
  apply (contact, given);
  touch (crm, contact);
  if (fresh)
    answer_printf (answer, 201, "{\"id\":%" G_GINT64_FORMAT "}", json_object_get_int_member (contact, "id"));
  else
    answer_set (answer, 204, "");
}

static void handle_contacts (Crm *crm, char **parts, const Request *request, GPtrArray *query,
                             Answer *answer) {
  Shelf *shelf = crm_shelf (crm, "contacts");
  JsonObject *contact = parts[1] ? find (shelf, parts[1]) : NULL;
  gboolean get = g_str_equal (request->method, "GET");

  if (parts[1] && g_str_equal (parts[1], "attributes"))
    answer_set (answer, 200, attributes);
  else if (parts[1] && g_str_equal (parts[1], "lists"))
    answer_list (crm_shelf (crm, "lists"), "lists", "limit offset sort", 50, query, answer);
  else if (!parts[1] && get)
    answer_list (shelf, "contacts", "limit offset modifiedSince createdSince sort", 1000, query, answer);
  else if (!parts[1])
    answer_write (crm, shelf, NULL, request, answer);
  else if (!contact)
    fail (answer, 404, "Contact does not exist");
  else if (get)
    crm_answer (answer, 200, json_object_ref (contact));
  else if (g_str_equal (request->method, "PUT"))
    answer_write (crm, shelf, contact, request, answer);
  else {
    shelf_remove (shelf, contact);
    answer_set (answer, 204, "");
  }
}

static void handle (Crm *crm, const Request *request, char **parts, GPtrArray *query, Answer *answer) {
  gboolean contacts = g_strcmp0 (parts[0], "contacts") == 0;

  if (!crm_take (crm, contacts ? 0 : 1))
    fail (answer, 429, "Too many requests");
  else if (contacts)
    handle_contacts (crm, parts, request, query, answer);
  else if (g_strcmp0 (parts[0], "account") == 0)
    answer_set (answer, 200, "{\"email\":\"contact@boutique.test\",\"companyName\":\"Boutique du Sud\"}");
  else if (g_strcmp0 (parts[0], "emailCampaigns") == 0)
    answer_list (crm_shelf (crm, "campaigns"), "campaigns", "limit offset sort type status", 100, query,
                 answer);
  else
    fail (answer, 404, "Not found");
}

static void reset (Crm *crm) {
  for (guint i = 0; i < crm->shelves->len; i++)
    shelf_clear (crm->shelves->pdata[i]);
  crm->serial = 0;
  crm_set_limit (crm, 0, 0, 1000);
  crm_set_limit (crm, 1, 0, 3600000);
}

Crm *brevo_new (void) {
  Crm *crm = crm_new ("brevo", "/v3/");

  crm->check_key = check_key;
  crm->handle = handle;
  crm->complete = complete;
  crm->make = make;
  crm->fail = fail;
  crm->reset = reset;
  crm_add_shelf (crm, "contacts");
  crm_add_shelf (crm, "lists");
  crm_add_shelf (crm, "campaigns");
  return crm;
}
