/* mailchimp.c: behaves as the Mailchimp Marketing API 3.0 does, on the main loop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two audiences: a1b2c3d4e5 (single opt-in) on the shelf members, f6a7b8c9d0 (double opt-in) on the shelf doubles. */
#include "crm.h"
#include <string.h>

#define AUDIENCE "a1b2c3d4e5"
#define DOUBLE "f6a7b8c9d0"
#define TIME "%Y-%m-%dT%H:%M:%S+00:00"

static void fail (Answer *answer, guint status, const char *message) {
  static const struct {
    guint status;
    const char *title;
  } titles[] = {
    { 400, "Invalid Resource" },      { 401, "API Key Invalid" },    { 403, "Forbidden" },
    { 404, "Resource Not Found" },    { 405, "Method Not Allowed" }, { 429, "Too Many Requests" },
    { 500, "Internal Server Error" }, { 503, "Service Unavailable" }
  };
  const char *title = "Error";
  JsonObject *problem = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    title = titles[i].status == status ? titles[i].title : title;
  json_object_set_string_member (problem, "type", "https://mailchimp.com/developer/marketing/docs/errors/");
  json_object_set_string_member (problem, "title", title);
  json_object_set_int_member (problem, "status", status);
  json_object_set_string_member (problem, "detail", message);
  json_object_set_string_member (problem, "instance", "995c5cb0-3280-4a6e-808b-3b096d0bb219");
  crm_answer (answer, status, problem);
  answer->content_type = "application/problem+json; charset=utf-8";
}

/* A refusal that names the field. */
static void fail_field (Answer *answer, const char *field, const char *message) {
  fail (answer, 400,
        "The resource submitted could not be validated. For field-specific details, see the 'errors' array.");
  g_string_truncate (answer->body, answer->body->len - 1);
  g_string_append (answer->body, ",\"errors\":[{\"field\":");
  tree_append_text (answer->body, field, -1);
  g_string_append (answer->body, ",\"message\":");
  tree_append_text (answer->body, message, -1);
  g_string_append (answer->body, "}]}");
}

static gboolean check_key (const Request *request) {
  const char *key = request_get_bearer (request);

  return key && strstr (key, "REFUSED") == NULL && strlen (key) > 8;
}

static char *hash_of (const char *email) {
  g_autofree char *lower = g_utf8_strdown (email, -1);

  return g_compute_checksum_for_string (G_CHECKSUM_MD5, lower, -1);
}

static void touch (Crm *crm, JsonObject *member) {
  g_autofree char *time = crm_time (crm_tick (crm), TIME);

  json_object_set_string_member (member, "last_changed", time);
}

static void complete (Crm *crm, Shelf *shelf, JsonObject *record) {
  gboolean member = g_str_equal (shelf->name, "members") || g_str_equal (shelf->name, "doubles");

  if (!member)
    return;
  const char *email = crm_text (record, "email_address");
  g_autofree char *hash = hash_of (email);
  if (!json_object_has_member (record, "id"))
    json_object_set_string_member (record, "id", hash);
  if (!json_object_has_member (record, "status"))
    json_object_set_string_member (record, "status", "subscribed");
  if (!json_object_has_member (record, "merge_fields"))
    json_object_set_object_member (record, "merge_fields", json_object_new ());
  if (!json_object_has_member (record, "last_changed") || !crm->seeding)
    touch (crm, record);
}

static JsonObject *make (Crm *crm, Shelf *shelf, guint index) {
  g_autofree char *time = crm_time (crm_tick (crm), TIME);
  g_autofree char *text =
      g_strdup_printf ("{\"email_address\":\"Client%u@boutique.test\",\"status\":\"%s\",\"merge_fields\":{"
                       "\"FNAME\":\"Zoé %u\",\"LNAME\":\"\","
                       "\"POINTS\":%u,\"BIRTHDAY\":\"\",\"ADDRESS\":\"\"},\"vip\":false,\"language\":\"fr\","
                       "\"last_changed\":\"%s\","
                       "\"_links\":[{\"rel\":\"self\"}],\"stats\":{\"avg_open_rate\":0.25}}",
                       index, index % 10 == 9 ? "unsubscribed" : "subscribed", index, index % 50, time);
  JsonObject *record = crm_parse (text);

  if (g_str_equal (shelf->name, "members") || g_str_equal (shelf->name, "doubles")) {
    g_autofree char *hash = hash_of (crm_text (record, "email_address"));
    json_object_set_string_member (record, "id", hash);
    return record;
  }
  json_object_unref (record);
  g_autofree char *other =
      g_strdup_printf ("{\"id\":\"c%06u\",\"type\":\"regular\",\"status\":\"sent\",\"create_time\":\"%s\","
                       "\"send_time\":\"%s\",\"emails_sent\":%u,"
                       "\"settings\":{\"title\":\"Campagne "
                       "%u\",\"subject_line\":\"Soldes\"},\"campaign_title\":\"Campagne %u\","
                       "\"opens\":{\"unique_opens\":%u,\"open_rate\":0.42},\"clicks\":{\"click_rate\":0.1}}",
                       index, time, time, index * 10, index, index, index * 4);
  return crm_parse (other);
}

/* Lists. */

static gint64 since_of (GPtrArray *query, gboolean *bad) {
  const char *text = parameters_get (query, "since_last_changed");
  gint64 since = text ? crm_parse_time (text) : G_MININT64;

  *bad = text && (since < 0 || strchr (text, ' '));
  return since;
}

static int by_change (gconstpointer a, gconstpointer b) {
  return strcmp (crm_text (*(JsonObject **) a, "last_changed"),
                 crm_text (*(JsonObject **) b, "last_changed"));
}

static void answer_list (Shelf *shelf, const char *name, const char *known, GPtrArray *query,
                         Answer *answer) {
  gint64 count = crm_number (query, "count", 10), offset = crm_number (query, "offset", 0);
  const char *unknown = crm_unknown_parameter (query, known), *status = parameters_get (query, "status");
  gboolean bad;
  gint64 since = since_of (query, &bad);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  if (unknown || bad || count < 0 || count > 1000 || offset < 0) {
    fail (answer, 400, unknown ? unknown : "A query parameter is wrong.");
    return;
  }
  for (guint i = 0; i < shelf->records->len; i++) {
    JsonObject *record = shelf->records->pdata[i];
    const char *has = crm_text (record, "status");
    if (since > G_MININT64 && crm_parse_time (crm_text (record, "last_changed")) <= since)
      continue;
    if (status ? g_str_equal (has, status) : !g_str_equal (has, "archived"))
      g_ptr_array_add (found, record);
  }
  if (g_strcmp0 (parameters_get (query, "sort_field"), "last_changed") == 0)
    g_ptr_array_sort (found, by_change);
  answer_set (answer, 200, "");
  g_string_append_printf (answer->body, "{\"%s\":[", name);
  for (guint i = offset; i < found->len && i < offset + count; i++) {
    g_string_append (answer->body, i > offset ? "," : "");
    crm_append (answer->body, found->pdata[i]);
  }
  g_string_append_printf (answer->body, "],\"total_items\":%u,\"_links\":[]}", found->len);
}

/* Members. */

static const char *const merge_fields =
    "{\"merge_fields\":["
    "{\"merge_id\":1,\"tag\":\"FNAME\",\"name\":\"Prénom\",\"type\":\"text\",\"required\":false,\"default_"
    "value\":\"\"},"
    "{\"merge_id\":2,\"tag\":\"LNAME\",\"name\":\"Nom\",\"type\":\"text\",\"required\":false,\"default_"
    "value\":\"\"},"
    "{\"merge_id\":3,\"tag\":\"ADDRESS\",\"name\":\"Adresse\",\"type\":\"address\",\"required\":false,"
    "\"default_value\":\"\"},"
    "{\"merge_id\":4,\"tag\":\"BIRTHDAY\",\"name\":\"Anniversaire\",\"type\":\"birthday\",\"required\":false,"
    "\"default_value\":\"\"},"
    "{\"merge_id\":5,\"tag\":\"POINTS\",\"name\":\"Points\",\"type\":\"number\",\"required\":false,\"default_"
    "value\":\"\"},"
    "{\"merge_id\":6,\"tag\":\"SINCE\",\"name\":\"Client "
    "depuis\",\"type\":\"date\",\"required\":false,\"default_value\":\"\"},"
    "{\"merge_id\":7,\"tag\":\"COLOR\",\"name\":\"Couleur\",\"type\":\"dropdown\",\"required\":false,"
    "\"default_value\":\"\",\"options\":{\"choices\":[\"Rouge\",\"Bleu\"]}},"
    "{\"merge_id\":8,\"tag\":\"NEWKIND\",\"name\":\"Du futur\",\"type\":\"hologram\",\"required\":false}"
    "],\"list_id\":\"" AUDIENCE "\",\"total_items\":8}";

/* What is wrong with a merge field's value, or NULL. */
static const char *check_merge (const char *tag, JsonNode *node) {
  gboolean object = JSON_NODE_HOLDS_OBJECT (node);
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_NONE;
  const char *text = type == G_TYPE_STRING ? json_node_get_string (node) : NULL;

  if (text && *text == '\0')
    return NULL;
  if (g_str_equal (tag, "BIRTHDAY"))
    return text && g_regex_match_simple ("^[01][0-9]/[0-3][0-9]$", text, 0, 0)
               ? NULL
               : "Please enter a valid birthday.";
  if (g_str_equal (tag, "SINCE"))
    return text && g_regex_match_simple ("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", text, 0, 0)
               ? NULL
               : "Please enter a valid date.";
  if (g_str_equal (tag, "POINTS"))
    return type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? NULL : "Please enter a number.";
  if (g_str_equal (tag, "COLOR"))
    return text && (g_str_equal (text, "Rouge") || g_str_equal (text, "Bleu"))
               ? NULL
               : "Value must be one of: Rouge, Bleu.";
  if (g_str_equal (tag, "ADDRESS"))
    return object && *crm_text (json_node_get_object (node), "addr1")
                   && *crm_text (json_node_get_object (node), "city")
                   && *crm_text (json_node_get_object (node), "zip")
               ? NULL
               : "Please enter a complete address.";
  return text ? NULL : "Data presented is not one of the accepted values: String.";
}

static gboolean check_body (JsonObject *body, Answer *answer) {
  const char *unknown =
      crm_unknown_member (body, "email_address email_type interests ip_opt ip_signup language location "
                                "marketing_permissions merge_fields status status_if_new "
                                "timestamp_opt timestamp_signup vip");
  JsonObject *fields = json_object_has_member (body, "merge_fields")
                           ? json_object_get_object_member (body, "merge_fields")
                           : NULL;
  g_autoptr (GList) tags = fields ? json_object_get_members (fields) : NULL;
  const char *email = crm_text (body, "email_address");

  if (unknown)
    fail_field (answer, unknown, "This field was not expected.");
  else if (g_str_has_suffix (email, "@example.com"))
    fail (answer, 400, "This address looks fake or invalid, please enter a real email address.");
  else if (json_object_has_member (body, "email_address")
           && !g_regex_match_simple ("^[^@ ]+@[^@ ]+\\.[^@ ]+$", email, 0, 0))
    fail_field (answer, "email_address", "This value should be a valid email.");
  else {
    for (GList *tag = tags; tag; tag = tag->next) {
      const char *problem = check_merge (tag->data, json_object_get_member (fields, tag->data));
      if (problem) {
        fail_field (answer, tag->data, problem);
        return FALSE;
      }
    }
    return TRUE;
  }
  return FALSE;
}

static void apply (JsonObject *member, JsonObject *body) {
  g_autoptr (GList) names = json_object_get_members (body);
  JsonObject *into = json_object_get_object_member (member, "merge_fields");

  for (GList *name = names; name; name = name->next) {
    JsonNode *node = json_object_get_member (body, name->data);
    if (g_str_equal (name->data, "merge_fields")) {
      g_autoptr (GList) tags = json_object_get_members (json_node_get_object (node));
      for (GList *tag = tags; tag; tag = tag->next)
        json_object_set_member (
            into, tag->data,
            json_node_copy (json_object_get_member (json_node_get_object (node), tag->data)));
    } else if (!g_str_equal (name->data, "status_if_new")) {
      json_object_set_member (member, name->data, json_node_copy (node));
    }
  }
}

static void answer_write (Crm *crm, Shelf *shelf, const char *hash, gboolean put, const Request *request,
                          Answer *answer) {
  g_autoptr (JsonObject) body = crm_body (request, answer, crm);
  JsonObject *member = shelf_get (shelf, hash);

  if (!body || !check_body (body, answer))
    return;
  const char *status = crm_text (body, "status"), *if_new = crm_text (body, "status_if_new");
  const char *is = member ? crm_text (member, "status") : "";
  g_autofree char *own = hash_of (crm_text (body, "email_address"));
  if (*status && (g_str_equal (is, "unsubscribed") || g_str_equal (is, "cleaned"))) {
    fail (answer, 400,
          "The member is in a compliance state due to unsubscribe, bounce, or compliance review and cannot "
          "be subscribed.");
    return;
  }
  if (!member && (!put || !*if_new || !g_str_equal (own, hash))) {
    fail (answer, put ? 400 : 404,
          put ? "status_if_new and the address are needed for a new contact."
              : "The requested resource could not be found.");
    return;
  }
  if (!member) {
    member = json_object_new ();
    json_object_set_string_member (member, "id", hash);
    json_object_set_object_member (member, "merge_fields", json_object_new ());
    json_object_set_string_member (member, "status", if_new);
    shelf_add (shelf, member);
  } else if (put && g_str_equal (is, "archived")) {
    json_object_set_string_member (member, "status",
                                   if_new); /* as the real one does: nobody may do this unasked */
  }
  apply (member, body);
  if (*crm_text (body, "email_address")) { /* another address is another hash */
    shelf_rename (shelf, member, own);
    json_object_set_string_member (member, "id", own);
  }
  touch (crm, member);
  crm_answer (answer, 200, json_object_ref (member));
}

static void answer_member (Crm *crm, Shelf *shelf, const char *hash, const Request *request, Answer *answer) {
  JsonObject *member = shelf_get (shelf, hash);

  if (g_str_equal (request->method, "PUT") || g_str_equal (request->method, "PATCH"))
    answer_write (crm, shelf, hash, g_str_equal (request->method, "PUT"), request, answer);
  else if (!member)
    fail (answer, 404, "The requested resource could not be found.");
  else if (g_str_equal (request->method, "GET"))
    crm_answer (answer, 200, json_object_ref (member));
  else if (g_str_equal (crm_text (member, "status"), "archived"))
    fail (answer, 405, "This list member cannot be removed.");
  else {
    json_object_set_string_member (member, "status", "archived");
    touch (crm, member);
    answer_set (answer, 204, "");
  }
}

static void answer_lists (char **parts, const Request *request, GPtrArray *query, Answer *answer) {
  static const char one[] =
      "{\"id\":\"%s\",\"name\":\"%s\",\"double_optin\":%s,\"date_created\":\"2020-01-02T03:04:05+00:00\"}";
  gboolean twice = g_strcmp0 (parts[1], DOUBLE) == 0;

  if (parts[1])
    answer_printf (answer, 200, one, parts[1], twice ? "Double" : "Boutique", twice ? "true" : "false");
  else {
    g_autofree char *first = g_strdup_printf (one, AUDIENCE, "Boutique", "false");
    g_autofree char *second = g_strdup_printf (one, DOUBLE, "Double", "true");
    answer_printf (answer, 200, "{\"lists\":[%s,%s],\"total_items\":2}", first, second);
    if (crm_number (query, "offset", 0) > 0)
      answer_set (answer, 200, "{\"lists\":[],\"total_items\":2}");
  }
}

static void handle_list (Crm *crm, char **parts, const Request *request, GPtrArray *query, Answer *answer) {
  Shelf *shelf = crm_shelf (crm, g_str_equal (parts[1], DOUBLE) ? "doubles" : "members");

  if (!g_str_equal (parts[1], DOUBLE) && !g_str_equal (parts[1], AUDIENCE))
    fail (answer, 404, "The requested resource could not be found.");
  else if (!parts[2])
    answer_lists (parts, request, query, answer);
  else if (g_str_equal (parts[2], "merge-fields"))
    answer_set (answer, 200, merge_fields);
  else if (g_str_equal (parts[2], "members") && parts[3])
    answer_member (crm, shelf, parts[3], request, answer);
  else if (g_str_equal (parts[2], "members") && g_str_equal (request->method, "GET"))
    answer_list (shelf, "members",
                 "fields exclude_fields count offset status since_last_changed before_last_changed "
                 "sort_field sort_dir",
                 query, answer);
  else
    fail (answer, 405, "The requested method and resource are not compatible.");
}

static void handle (Crm *crm, const Request *request, char **parts, GPtrArray *query, Answer *answer) {
  Shelf *shelf = crm_shelf (crm, parts[0]);
  JsonObject *record = shelf && parts[1] ? shelf_get (shelf, parts[1]) : NULL;

  if (request->in_flight > 10 || !crm_take (crm, 0)) {
    fail (answer, 429, "You have exceeded the limit of 10 simultaneous connections.");
    return;
  }
  if (parts[0] == NULL || *parts[0] == '\0')
    answer_set (answer, 200,
                "{\"account_id\":\"8d3a3db4d97663a9074efcc16\",\"account_name\":\"Boutique du "
                "Sud\",\"role\":\"owner\"}");
  else if (g_str_equal (parts[0], "lists") && parts[1])
    handle_list (crm, parts, request, query, answer);
  else if (g_str_equal (parts[0], "lists"))
    answer_lists (parts, request, query, answer);
  else if (record)
    crm_answer (answer, 200, json_object_ref (record));
  else if (shelf && !parts[1])
    answer_list (shelf, parts[0],
                 g_str_equal (parts[0], "campaigns")
                     ? "fields exclude_fields count offset sort_field sort_dir"
                     : "fields exclude_fields count offset",
                 query, answer);
  else
    fail (answer, 404, "The requested resource could not be found.");
}

static void reset (Crm *crm) {
  for (guint i = 0; i < crm->shelves->len; i++)
    shelf_clear (crm->shelves->pdata[i]);
  crm_set_limit (crm, 0, 0, 0);
}

Crm *mailchimp_new (void) {
  Crm *crm = crm_new ("mailchimp", "/3.0/");

  crm->check_key = check_key;
  crm->handle = handle;
  crm->complete = complete;
  crm->make = make;
  crm->fail = fail;
  crm->reset = reset;
  crm_add_shelf (crm, "members");
  crm_add_shelf (crm, "doubles");
  crm_add_shelf (crm, "campaigns");
  crm_add_shelf (crm, "reports");
  return crm;
}
