/* hubspot.c: behaves as HubSpot's CRM API v3 does, on the main loop: contacts, companies and deals.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Limits: 0 counts every request, 1 those of the search. A wrong value refuses a whole batch of creations with 400 and does not say
 * which one; an address that exists, or an id that does not, refuses its own item within 207. */
#include "crm.h"
#include <string.h>

#define TIME "%Y-%m-%dT%H:%M:%S.###Z"
#define CAP 10000
#define LONGEST_BODY 3000

static const struct {
  const char *name, *type, *more;
} properties[] = {
  { "email", "string", "" },
  { "firstname", "string", "" },
  { "lastname", "string", "" },
  { "phone", "phone_number", "" },
  { "company", "string", "" },
  { "address", "string", "" },
  { "zip", "string", "" },
  { "city", "string", "" },
  { "country", "string", "" },
  { "deal_currency_code", "string", "" },
  { "hs_is_closed_won", "bool", ",\"calculated\":true" },
  { "name", "string", "" },
  { "domain", "string", "" },
  { "dealname", "string", "" },
  { "dealstage", "enumeration",
    ",\"options\":[{\"label\":\"Gagné\",\"value\":\"closedwon\"},{\"label\":\"Perdu\",\"value\":"
    "\"closedlost\"}]" },
  { "amount", "number", "" },
  { "closedate", "datetime", "" },
  { "birthday", "date", "" },
  { "newsletter", "bool", "" },
  { "lifecyclestage", "enumeration",
    ",\"options\":[{\"label\":\"Client\",\"value\":\"customer\"},{\"label\":\"Prospect\",\"value\":\"lead\"}"
    "]" },
  { "external_id", "string", ",\"hasUniqueValue\":true" },
  { "full_score", "number", ",\"calculated\":true" },
  { "hs_email_optout", "bool", "" },
  { "secret", "string", ",\"hidden\":true" },
  { "hologram", "hologram", "" },
  { "lastmodifieddate", "datetime", ",\"modificationMetadata\":{\"readOnlyValue\":true}" },
  { "hs_lastmodifieddate", "datetime", ",\"modificationMetadata\":{\"readOnlyValue\":true}" },
  { "hs_object_id", "number", ",\"modificationMetadata\":{\"readOnlyValue\":true}" },
};

static JsonObject *make_error (guint status, const char *category, const char *message) {
  JsonObject *error = json_object_new ();

  if (status == 0)
    json_object_set_string_member (error, "id", "5a2d1e7c-0000-4000-8000-000000000000");
  json_object_set_string_member (error, "status", "error");
  json_object_set_string_member (error, "message", message);
  json_object_set_string_member (error, "correlationId", "aeb5f871-7f07-4993-9211-075dc63e7cbf");
  json_object_set_string_member (error, "category", category);
  return error;
}

static void fail (Answer *answer, guint status, const char *message) {
  const char *category = status == 401   ? "INVALID_AUTHENTICATION"
                         : status == 403 ? "MISSING_SCOPES"
                         : status == 404 ? "OBJECT_NOT_FOUND"
                         : status == 429 ? "RATE_LIMITS"
                                         : "VALIDATION_ERROR";
  JsonObject *error = make_error (status, category, message);

  if (status == 429)
    json_object_set_string_member (error, "policyName", "TEN_SECONDLY_ROLLING");
  crm_answer (answer, status, error);
}

static gboolean check_key (const Request *request) {
  const char *key = request_get_bearer (request);

  return key && g_str_has_prefix (key, "pat-") && strstr (key, "REFUSED") == NULL;
}

static JsonObject *get_properties (JsonObject *record) {
  if (!json_object_has_member (record, "properties"))
    json_object_set_object_member (record, "properties", json_object_new ());
  return json_object_get_object_member (record, "properties");
}

static const char *changed_property (const Shelf *shelf) {
  return g_str_equal (shelf->name, "contacts") ? "lastmodifieddate" : "hs_lastmodifieddate";
}

static void touch (Crm *crm, Shelf *shelf, JsonObject *record) {
  g_autofree char *time = crm_time (crm_tick (crm), TIME);

  json_object_set_string_member (record, "updatedAt", time);
  json_object_set_string_member (get_properties (record), changed_property (shelf), time);
}

static void complete (Crm *crm, Shelf *shelf, JsonObject *record) {
  if (!json_object_has_member (record, "id")) {
    g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT, ++crm->serial);
    g_autofree char *time = crm_time (crm_tick (crm), TIME);
    json_object_set_string_member (record, "id", id);
    json_object_set_string_member (get_properties (record), "hs_object_id", id);
    json_object_set_string_member (record, "createdAt", time);
    json_object_set_boolean_member (record, "archived", FALSE);
  }
  touch (crm, shelf, record);
}

static JsonObject *make (Crm *crm, Shelf *shelf, guint index) {
  g_autofree char *text = g_strdup_printf (
      "{\"properties\":{\"email\":\"client%u@boutique.test\",\"firstname\":\"Zoé %u\","
      "\"amount\":\"%u.50\",\"name\":\"Société %u\",\"dealname\":\"Vente %u\",\"dealstage\":\"closedwon\"}}",
      index, index, index, index, index);
  JsonObject *record = crm_parse (text);

  complete (crm, shelf, record);
  return record;
}

/* What is seen of @record: the asked properties and a few more. (transfer full) */
static JsonObject *view (Shelf *shelf, JsonObject *record, const char *const *asked) {
  JsonObject *seen = json_object_new (), *into = json_object_new (), *from = get_properties (record);
  static const char *const copied[] = { "id", "createdAt", "updatedAt", "archived", "objectWriteTraceId" };

  for (guint i = 0; i < G_N_ELEMENTS (copied); i++)
    if (json_object_has_member (record, copied[i]))
      json_object_set_member (seen, copied[i], json_node_copy (json_object_get_member (record, copied[i])));
  json_object_set_string_member (into, "hs_object_id", crm_text (record, "id"));
  json_object_set_string_member (into, changed_property (shelf), crm_text (record, "updatedAt"));
  for (guint i = 0; asked && asked[i]; i++) {
    const char *value = crm_text (from, asked[i]);
    if (*value)
      json_object_set_string_member (into, asked[i], value);
    else if (*asked[i])
      json_object_set_null_member (into, asked[i]);
  }
  json_object_set_object_member (seen, "properties", into);
  return seen;
}

/* Lists. */

static void answer_list (Shelf *shelf, GPtrArray *query, Answer *answer) {
  gint64 limit = crm_number (query, "limit", 10), after = crm_number (query, "after", 0);
  const char *names = parameters_get (query, "properties");
  g_auto (GStrv) asked = g_strsplit (names ? names : "", ",", -1);
  const char *unknown =
      crm_unknown_parameter (query, "limit after properties propertiesWithHistory associations archived");
  guint n = 0;
  gint64 last = 0;
  gboolean more = FALSE;

  if (unknown || limit < 1 || limit > 100) {
    fail (answer, 400, unknown ? unknown : "limit must be 1 to 100");
    return;
  }
  answer_set (answer, 200, "{\"results\":[");
  for (guint i = 0; i < shelf->records->len; i++) {
    JsonObject *record = shelf->records->pdata[i];
    gint64 id = g_ascii_strtoll (crm_text (record, "id"), NULL, 10);
    if (id <= after || json_object_get_boolean_member_with_default (record, "archived", FALSE))
      continue;
    more = n == limit;
    if (more)
      break;
    g_autoptr (JsonObject) seen = view (shelf, record, (const char *const *) asked);
    g_string_append (answer->body, n++ > 0 ? "," : "");
    crm_append (answer->body, seen);
    last = id;
  }
  g_string_append_c (answer->body, ']');
  if (more)
    g_string_append_printf (answer->body,
                            ",\"paging\":{\"next\":{\"after\":\"%" G_GINT64_FORMAT
                            "\",\"link\":\"?after=%" G_GINT64_FORMAT "\"}}",
                            last, last);
  g_string_append_c (answer->body, '}');
}

static gint64 number_of (JsonObject *record, const char *property) {
  const char *text = g_str_equal (property, "hs_object_id") ? crm_text (record, "id")
                                                            : crm_text (get_properties (record), property);
  gint64 time = strchr (text, 'T') ? crm_parse_time (text) : -1;

  return time >= 0 ? time : g_ascii_strtoll (text, NULL, 10);
}

static gboolean filter_holds (JsonObject *filter, JsonObject *record) {
  const char *operator= crm_text (filter, "operator");
  gint64 wanted = g_ascii_strtoll (crm_text (filter, "value"), NULL, 10);
  gint64 has = number_of (record, crm_text (filter, "propertyName"));

  if (g_str_equal (operator, "EQ"))
    return has == wanted;
  return g_str_equal (operator, "GTE") ? has >= wanted : has > wanted;
}

typedef struct {
  gint64 number; /* by which it is sorted */
  JsonObject *record;
} Found;

static int by_number (gconstpointer a, gconstpointer b) {
  const Found *left = a, *right = b;

  return left->number < right->number ? -1 : left->number > right->number;
}

/* The records that are found, in order. NULL when the question is not one. (transfer full) (element-type Found) */
static GArray *find (Crm *crm, Shelf *shelf, JsonObject *body) {
  JsonArray *groups = json_object_get_array_member (body, "filterGroups"),
            *sorts = json_object_get_array_member (body, "sorts");
  const char *sort =
      sorts && json_array_get_length (sorts) == 1 ? json_array_get_string_element (sorts, 0) : NULL;
  JsonArray *filters =
      groups && json_array_get_length (groups) == 1
          ? json_object_get_array_member (json_array_get_object_element (groups, 0), "filters")
          : NULL;
  gint64 visible = g_get_real_time () / 1000 - crm->lag;

  if (!sort || *sort == '-' || !filters) /* ascending: without a minus */
    return NULL;
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Found));
  for (guint i = 0; i < shelf->records->len; i++) {
    JsonObject *record = shelf->records->pdata[i];
    gboolean holds = !json_object_get_boolean_member_with_default (record, "archived", FALSE)
                     && (crm->lag == 0 || crm_parse_time (crm_text (record, "updatedAt")) <= visible);
    for (guint f = 0; holds && f < json_array_get_length (filters); f++)
      holds = filter_holds (json_array_get_object_element (filters, f), record);
    if (holds)
      g_array_append_vals (found, &(Found){ number_of (record, sort), record }, 1);
  }
  g_array_sort (found, by_number);
  return found;
}

static GStrv texts_of (JsonObject *body, const char *name) {
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();
  JsonArray *list = json_object_has_member (body, name) ? json_object_get_array_member (body, name) : NULL;

  for (guint i = 0; list && i < json_array_get_length (list); i++)
    g_strv_builder_add (texts, json_array_get_string_element (list, i));
  return g_strv_builder_end (texts);
}

static void answer_search (Crm *crm, Shelf *shelf, const Request *request, Answer *answer) {
  g_autoptr (JsonObject) body = crm_body (request, answer, crm);

  if (!body)
    return;
  const char *unknown = crm_unknown_member (body, "filterGroups sorts properties limit after query");
  gint64 limit = json_object_get_int_member_with_default (body, "limit", 10),
         after = g_ascii_strtoll (crm_text (body, "after"), NULL, 10);
  g_autoptr (GArray) found = unknown ? NULL : find (crm, shelf, body);
  if (!crm_take (crm, 1)) {
    fail (answer, 429, "You have reached your secondly limit.");
    return;
  }
  if (!found || limit > 200 || after + limit > CAP || request->length > LONGEST_BODY) {
    fail (answer, 400, unknown ? unknown : "There was a problem with the request.");
    return;
  }
  g_auto (GStrv) asked = texts_of (body, "properties");
  answer_set (answer, 200, "");
  g_string_append_printf (answer->body, "{\"total\":%u,\"results\":[", found->len);
  for (guint i = after; i < found->len && i < after + limit; i++) {
    g_autoptr (JsonObject) seen =
        view (shelf, g_array_index (found, Found, i).record, (const char *const *) asked);
    g_string_append (answer->body, i > after ? "," : "");
    crm_append (answer->body, seen);
  }
  g_string_append (answer->body,
                   after + limit < found->len ? "],\"paging\":{\"next\":{\"after\":\"200\"}}}" : "]}");
}

/* Batches. */

static void index_record (GHashTable *index, const char *property, JsonObject *record) {
  char *value = g_ascii_strdown (crm_text (get_properties (record), property), -1);

  if (*value == '\0' || json_object_get_boolean_member_with_default (record, "archived", FALSE)
      || g_hash_table_contains (index, value))
    g_free (value);
  else
    g_hash_table_insert (index, value, record);
}

/* The shelf's records by @property, in lower case. (transfer full) */
static GHashTable *make_index (Shelf *shelf, const char *property) {
  GHashTable *index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < shelf->records->len; i++)
    index_record (index, property, shelf->records->pdata[i]);
  return index;
}

/* What is wrong with the properties of an input, or NULL. */
static const char *check_properties (JsonObject *given) {
  g_autoptr (GList) names = json_object_get_members (given);

  for (GList *name = names; name; name = name->next) {
    const char *value = crm_text (given, name->data);
    guint i = 0;
    while (i < G_N_ELEMENTS (properties) && !g_str_equal (properties[i].name, name->data))
      i++;
    if (i == G_N_ELEMENTS (properties))
      return "Property values were not valid: PROPERTY_DOESNT_EXIST";
    if (strstr (properties[i].more, "readOnlyValue") || strstr (properties[i].more, "calculated")
        || g_str_equal (name->data, "hs_email_optout"))
      return "Property values were not valid: READ_ONLY_VALUE";
    if (json_node_get_value_type (json_object_get_member (given, name->data)) != G_TYPE_STRING)
      return "Property values were not valid: they must be text";
    if (*value == '\0')
      continue;
    if (strstr (properties[i].more, "options") && !strstr (properties[i].more, value))
      return "Property values were not valid: INVALID_OPTION";
    if (g_str_equal (properties[i].type, "number") && !g_regex_match_simple ("^-?[0-9.]+$", value, 0, 0))
      return "Property values were not valid: INVALID_DOUBLE";
    if (g_str_equal (properties[i].type, "bool") && !g_regex_match_simple ("^(true|false)$", value, 0, 0))
      return "Property values were not valid: INVALID_BOOLEAN";
    if (g_str_equal (properties[i].type, "date")
        && !g_regex_match_simple ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", value, 0, 0))
      return "Property values were not valid: INVALID_DATE";
    if (g_str_equal (properties[i].type, "datetime") && crm_parse_time (value) < 0)
      return "Property values were not valid: INVALID_DATE";
    if (g_str_equal (properties[i].name, "email") && !strchr (value, '@'))
      return "Property values were not valid: INVALID_EMAIL";
  }
  return NULL;
}

typedef struct {
  Crm *crm;
  Shelf *shelf;
  GStrv asked;
  const char *id_property;
  GHashTable *index; /* by id_property, or (contacts that are created) by email */
  JsonArray *results, *errors;
} Batch;

static void add_error (Batch *batch, JsonObject *input, const char *category, const char *message) {
  JsonObject *error = make_error (0, category, message), *context = json_object_new ();
  const char *trace = crm_text (input, "objectWriteTraceId");
  const char *name = *trace ? "objectWriteTraceId" : "ids";
  JsonArray *values = json_array_new ();

  json_array_add_string_element (values, *trace ? trace : crm_text (input, "id"));
  json_object_set_array_member (context, name, values);
  json_object_set_object_member (error, "context", context);
  json_array_add_object_element (batch->errors, error);
}

static void apply (Batch *batch, JsonObject *record, JsonObject *input) {
  JsonObject *given = json_object_get_object_member (input, "properties"), *has = get_properties (record);
  g_autoptr (GList) names = json_object_get_members (given);

  for (GList *name = names; name; name = name->next) {
    gboolean domain = g_str_equal (name->data, "domain");
    g_autofree char *lower = g_ascii_strdown (crm_text (given, name->data), -1);
    json_object_set_string_member (has, name->data, domain ? lower : crm_text (given, name->data));
  }
  complete (batch->crm, batch->shelf, record);
  JsonObject *seen = view (batch->shelf, record, (const char *const *) batch->asked);
  if (*crm_text (input, "objectWriteTraceId"))
    json_object_set_string_member (seen, "objectWriteTraceId", crm_text (input, "objectWriteTraceId"));
  json_array_add_object_element (batch->results, seen);
}

static void do_input (Batch *batch, const char *verb, JsonObject *input) {
  const char *id = crm_text (input, "id");

  if (g_str_equal (verb, "create")) {
    g_autofree char *email =
        g_ascii_strdown (crm_text (json_object_get_object_member (input, "properties"), "email"), -1);
    JsonObject *known = g_hash_table_lookup (batch->index, email);
    if (known) {
      g_autofree char *message =
          g_strdup_printf ("Contact already exists. Existing ID: %s", crm_text (known, "id"));
      add_error (batch, input, "CONFLICT", message);
      return;
    }
    JsonObject *record = json_object_new ();
    apply (batch, record, input);
    shelf_add (batch->shelf, record);
    if (g_str_equal (batch->shelf->name, "contacts"))
      index_record (batch->index, "email", record);
    return;
  }
  g_autofree char *lower = g_ascii_strdown (id, -1);
  JsonObject *record =
      *batch->id_property ? g_hash_table_lookup (batch->index, lower) : shelf_get (batch->shelf, id);
  if (record == NULL || json_object_get_boolean_member_with_default (record, "archived", FALSE))
    add_error (batch, input, "OBJECT_NOT_FOUND",
               "Could not get some records, they may be deleted or not exist.");
  else if (g_str_equal (verb, "read"))
    json_array_add_object_element (batch->results,
                                   view (batch->shelf, record, (const char *const *) batch->asked));
  else
    apply (batch, record, input);
}

/* What is wrong with the whole batch, or NULL. */
static const char *check_batch (JsonObject *body, const char *verb) {
  gboolean read = g_str_equal (verb, "read"), create = g_str_equal (verb, "create");
  JsonArray *inputs =
      json_object_has_member (body, "inputs") ? json_object_get_array_member (body, "inputs") : NULL;

  if (crm_unknown_member (body, read ? "inputs properties propertiesWithHistory idProperty" : "inputs"))
    return "Unknown member of the body.";
  if (!inputs || json_array_get_length (inputs) > 100)
    return "A batch may have up to 100 inputs.";
  for (guint i = 0; i < json_array_get_length (inputs); i++) {
    JsonObject *input = json_array_get_object_element (inputs, i);
    if (crm_unknown_member (input, read     ? "id"
                                   : create ? "properties associations objectWriteTraceId"
                                            : "id idProperty properties objectWriteTraceId"))
      return "Unknown member of an input.";
    const char *problem =
        read ? NULL : check_properties (json_object_get_object_member (input, "properties"));
    if (problem)
      return problem;
  }
  return NULL;
}

static void answer_batch (Crm *crm, Shelf *shelf, const char *verb, const Request *request, Answer *answer) {
  g_autoptr (JsonObject) body = crm_body (request, answer, crm);
  const char *problem = body ? check_batch (body, verb) : NULL;

  if (!body || problem) {
    if (problem)
      fail (answer, 400, problem);
    return;
  }
  g_auto (GStrv) asked = texts_of (body, "properties");
  const char *by = crm_text (body, "idProperty");
  gboolean contacts = g_str_equal (shelf->name, "contacts") && g_str_equal (verb, "create");
  g_autoptr (GHashTable) index = make_index (shelf, contacts ? "email" : *by ? by : "");
  Batch batch = { crm, shelf, asked, by, index, json_array_new (), json_array_new () };
  JsonArray *inputs = json_object_get_array_member (body, "inputs");
  for (guint i = 0; i < json_array_get_length (inputs); i++)
    do_input (&batch, verb, json_array_get_object_element (inputs, i));
  guint n_errors = json_array_get_length (batch.errors);
  JsonObject *all = json_object_new ();
  json_object_set_string_member (all, "status", "COMPLETE");
  json_object_set_array_member (all, "results", batch.results);
  if (n_errors > 0) {
    json_object_set_int_member (all, "numErrors", n_errors);
    json_object_set_array_member (all, "errors", batch.errors);
  } else {
    json_array_unref (batch.errors);
  }
  crm_answer (answer, n_errors > 0 ? 207 : g_str_equal (verb, "create") ? 201 : 200, all);
}

static void answer_properties (Answer *answer) {
  answer_set (answer, 200, "{\"results\":[");
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    g_string_append_printf (
        answer->body, "%s{\"name\":\"%s\",\"label\":\"%s\",\"type\":\"%s\",\"fieldType\":\"text\"%s}",
        i > 0 ? "," : "", properties[i].name, properties[i].name, properties[i].type, properties[i].more);
  g_string_append (answer->body, "]}");
}

static void answer_one (Shelf *shelf, const char *id, const Request *request, GPtrArray *query,
                        Answer *answer) {
  JsonObject *record = shelf_get (shelf, id);
  const char *names = parameters_get (query, "properties");
  g_auto (GStrv) asked = g_strsplit (names ? names : "", ",", -1);
  gboolean gone = record == NULL || json_object_get_boolean_member_with_default (record, "archived", FALSE);

  if (g_str_equal (request->method, "DELETE")) {
    if (!gone)
      json_object_set_boolean_member (record, "archived", TRUE);
    answer_set (answer, 204, "");
  } else if (gone)
    fail (answer, 404, "resource not found");
  else
    crm_answer (answer, 200, view (shelf, record, (const char *const *) asked));
}

static void handle (Crm *crm, const Request *request, char **parts, GPtrArray *query, Answer *answer) {
  gboolean objects = g_strcmp0 (parts[0], "crm") == 0 && g_strcmp0 (parts[1], "v3") == 0
                     && g_strcmp0 (parts[2], "objects") == 0;
  Shelf *shelf = objects ? crm_shelf (crm, parts[3]) : NULL;
  gboolean post = g_str_equal (request->method, "POST");

  if (!crm_take (crm, 0))
    fail (answer, 429, "You have reached your ten_secondly_rolling limit.");
  else if (g_strcmp0 (parts[0], "account-info") == 0)
    answer_set (answer, 200,
                "{\"portalId\":4711,\"accountType\":\"STANDARD\",\"timeZone\":\"Europe/"
                "Paris\",\"uiDomain\":\"app-eu1.hubspot.com\"}");
  else if (g_strcmp0 (parts[0], "crm") == 0 && g_strcmp0 (parts[2], "properties") == 0)
    answer_properties (answer);
  else if (!shelf)
    fail (answer, 404, "resource not found");
  else if (!parts[4])
    answer_list (shelf, query, answer);
  else if (post && g_str_equal (parts[4], "search"))
    answer_search (crm, shelf, request, answer);
  else if (post && g_str_equal (parts[4], "batch") && parts[5])
    answer_batch (crm, shelf, parts[5], request, answer);
  else
    answer_one (shelf, parts[4], request, query, answer);
}

static void reset (Crm *crm) {
  for (guint i = 0; i < crm->shelves->len; i++)
    shelf_clear (crm->shelves->pdata[i]);
  crm->serial = 0;
  crm_set_limit (crm, 0, 0, 10000);
  crm_set_limit (crm, 1, 0, 1000);
}

Crm *hubspot_new (void) {
  Crm *crm = crm_new ("hubspot", "/");

  crm->check_key = check_key;
  crm->handle = handle;
  crm->complete = complete;
  crm->make = make;
  crm->fail = fail;
  crm->reset = reset;
  crm_add_shelf (crm, "contacts");
  crm_add_shelf (crm, "companies");
  crm_add_shelf (crm, "deals");
  return crm;
}
