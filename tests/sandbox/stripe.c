/* stripe.c: behaves as https://api.stripe.com/v1 does, on the main loop.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An object exists as its index until it is changed: it is rendered from its list's shape (stripe-shapes.json), in which
 * "$slot" stands for a value and {id} for the bare id. A changed or added object is kept as its JSON text. */
#include "stripe.h"
#include <stdlib.h>
#include <string.h>

#define FIRST_CREATED 1735689600 /* 2025-01-01 */
#define DAY 86400
#define LISTED_INDENT 2

typedef struct {
  const char *name;     /* on the control port and among the shapes */
  const char *path;     /* below /v1/ */
  const char *object;   /* the word in messages and events */
  const char *prefix;   /* of ids */
  guint count;          /* made at the start */
  guint step;           /* seconds between one and the next */
  const char *statuses; /* (nullable) taken in turn by index */
  const char *filters;  /* query parameters that compare with the member of the same name */
} Kind;

static const Kind kinds[] = {
  { "payment_intents", "payment_intents", "payment_intent", "pi", 120, 137,
    "succeeded succeeded succeeded succeeded succeeded succeeded succeeded succeeded succeeded succeeded "
    "succeeded "
    "requires_payment_method succeeded canceled succeeded processing succeeded",
    "customer customer_account" },
  { "charges", "charges", "charge", "ch", 40, 137, "succeeded", "customer payment_intent transfer_group" },
  { "customers", "customers", "customer", "cus", 30, DAY, NULL, "email test_clock" },
  { "invoices", "invoices", "invoice", "in", 25, DAY, "paid open paid draft void",
    "collection_method customer customer_account due_date status subscription" },
  { "subscriptions", "subscriptions", "subscription", "sub", 20, DAY,
    "active active past_due active canceled",
    "collection_method customer customer_account status test_clock" },
  { "payouts", "payouts", "payout", "po", 24, 7 * DAY, "paid paid in_transit",
    "arrival_date destination status" },
  { "refunds", "refunds", "refund", "re", 12, DAY, "succeeded pending", "charge payment_intent" },
  { "balance_transactions", "balance_transactions", "balance_transaction", "txn", 40, 137,
    "available pending", "currency payout source type" },
  { "checkout_sessions", "checkout/sessions", "checkout.session", "cs_test", 15, DAY, "complete open expired",
    "customer customer_account payment_intent payment_link status subscription" },
  { "events", "events", "event", "evt", 0, 1, NULL, "type types[] delivery_success" },
};

enum {
  PAYMENTS,
  CHARGES,
  CUSTOMERS,
  INVOICES,
  SUBSCRIPTIONS,
  PAYOUTS,
  REFUNDS,
  TRANSACTIONS,
  SESSIONS,
  EVENTS
};

typedef enum {
  SLOT_ID,
  SLOT_CREATED,
  SLOT_LATER,
  SLOT_AMOUNT,
  SLOT_RECEIVED,
  SLOT_NET,
  SLOT_PAID_AMOUNT,
  SLOT_OPEN_AMOUNT,
  SLOT_REFUNDED_AMOUNT,
  SLOT_REFUNDED,
  SLOT_CURRENCY,
  SLOT_CUSTOMER,
  SLOT_OWNER,
  SLOT_EMAIL,
  SLOT_OWN_EMAIL,
  SLOT_NAME,
  SLOT_DESCRIPTION,
  SLOT_STATUS,
  SLOT_ORDER,
  SLOT_NUMBER,
  SLOT_CHARGE,
  SLOT_PAYMENT,
  SLOT_TRANSACTION,
  SLOT_CANCELED_AT,
  SLOT_LIVEMODE,
  SLOT_NONE,
} Slot;

static const char *const slot_names[] = {
  [SLOT_ID] = "id",
  [SLOT_CREATED] = "created",
  [SLOT_LATER] = "later",
  [SLOT_AMOUNT] = "amount",
  [SLOT_RECEIVED] = "received",
  [SLOT_NET] = "net",
  [SLOT_PAID_AMOUNT] = "paid_amount",
  [SLOT_OPEN_AMOUNT] = "open_amount",
  [SLOT_REFUNDED_AMOUNT] = "refunded_amount",
  [SLOT_REFUNDED] = "refunded",
  [SLOT_CURRENCY] = "currency",
  [SLOT_CUSTOMER] = "customer",
  [SLOT_OWNER] = "owner",
  [SLOT_EMAIL] = "email",
  [SLOT_OWN_EMAIL] = "own_email",
  [SLOT_NAME] = "name",
  [SLOT_DESCRIPTION] = "description",
  [SLOT_STATUS] = "status",
  [SLOT_ORDER] = "order",
  [SLOT_NUMBER] = "number",
  [SLOT_CHARGE] = "charge",
  [SLOT_PAYMENT] = "payment",
  [SLOT_TRANSACTION] = "transaction",
  [SLOT_CANCELED_AT] = "canceled_at",
  [SLOT_LIVEMODE] = "livemode",
  [SLOT_NONE] = NULL,
};

/* A piece of a shape: some text, then a slot. */
typedef struct {
  const char *text;
  gsize length;
  Slot slot;
  gboolean bare; /* without quotes */
} Piece;

typedef struct {
  char *id;
  gint64 created;
  char *text; /* JSON */
} Record;

typedef struct {
  gint64 created;
  Record *record; /* (borrowed) (nullable) NULL: made from index */
  guint index;
} Entry;

typedef struct {
  const Kind *kind;
  char *shape;     /* (owned) */
  GArray *pieces;  /* (owned) */
  char **statuses; /* (owned) (nullable) */
  guint n_statuses;
  GArray *entries;     /* (owned) oldest first */
  GHashTable *records; /* (owned) by id */
} List;

typedef struct {
  char *fingerprint;
  guint status;
  char *body;
} Replay;

struct _Stripe {
  List lists[G_N_ELEMENTS (kinds)];
  char *account, *balance; /* (owned) JSON */
  guint payments;
  gboolean livemode;   /* of the request being answered */
  guint requests;      /* of request ids */
  guint serial;        /* of new ids */
  GHashTable *replays; /* (owned) by idempotency key */
};

/* The shape of the objects, cut at its slots. */

static Slot find_slot (const char *name, gsize length) {
  for (guint i = 0; slot_names[i]; i++)
    if (strlen (slot_names[i]) == length && strncmp (slot_names[i], name, length) == 0)
      return i;
  g_error ("stripe-shapes.json: no such slot: %.*s", (int) length, name);
}

static GArray *cut_shape (const char *shape) {
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  const char *from = shape;

  for (const char *at = shape; *at; at++) {
    gboolean quoted = at[0] == '"' && at[1] == '$';
    gboolean bare = g_str_has_prefix (at, "{id}");
    if (!quoted && !bare)
      continue;
    const char *name = at + (quoted ? 2 : 1);
    gsize length = strcspn (name, "\"}");
    Piece piece = { from, at - from, find_slot (name, length), bare };
    g_array_append_val (pieces, piece);
    at = name + length;
    from = at + 1;
  }
  Piece last = { from, strlen (from), SLOT_NONE, FALSE };
  g_array_append_val (pieces, last);
  return pieces;
}

static char *shape_text (const Tree *shapes, const char *name) {
  GString *text = g_string_new (NULL);

  tree_write (text, tree_member (shapes, name), LISTED_INDENT);
  return g_string_free (text, FALSE);
}

/* The values of an object, by its index. */

static void append_id (GString *out, guint list, guint64 index) {
  g_string_append_printf (out, "%s_3SBX%016" G_GUINT64_FORMAT, kinds[list].prefix, index);
}

static void append_quoted_id (GString *out, guint list, guint index) {
  char text[64];
  int length = g_snprintf (text, sizeof text, "\"%s_3SBX%016u\"", kinds[list].prefix, index);

  g_string_append_len (out, text, length);
}

static const char *currency_of (guint index) {
  static const char *const currencies[] = { "eur", "eur", "eur", "jpy", "eur",
                                            "kwd", "eur", "usd", "eur", "isk" };

  return currencies[index % G_N_ELEMENTS (currencies)];
}

static gint64 amount_of (guint index) {
  gint64 amount = 100 + (index * G_GINT64_CONSTANT (7919)) % 100000;
  const char *currency = currency_of (index);

  if (g_str_equal (currency, "isk"))
    return amount * 100;
  return g_str_equal (currency, "kwd") ? amount * 10 : amount;
}

static const char *description_of (guint index) {
  static const char *const descriptions[] = {
    "Commande boutique",
    "Café crème à emporter 🙂",
    NULL,
    "طلب رقم ٧ مع שלום",
    "Première ligne\nSeconde ligne",
    "=IMPORTXML(\"http://x\")",
    "“Guillemets” \"droits\", virgule; point-virgule\tet tabulation",
    "+33 6 12 34 56 78",
    "007",
    "  des espaces autour  ",
  };

  return descriptions[index % G_N_ELEMENTS (descriptions)];
}

static const char *name_of (guint index) {
  static const char *const names[] = { "Zoé Lefèvre", "Jean-Noël d’Arc", "=IMPORTXML(\"http://x\")",
                                       "שרה כהן", "SARL L’Été & Fils" };

  return names[index % G_N_ELEMENTS (names)];
}

static const char *status_of (const List *list, guint index) {
  return list->statuses ? list->statuses[index % list->n_statuses] : "";
}

static void append_text_or_null (GString *out, const char *text) {
  if (text)
    tree_append_text (out, text, -1);
  else
    g_string_append (out, "null");
}

static void append_number_if (GString *out, gboolean condition, gint64 number) {
  tree_append_integer (out, condition ? number : 0);
}

static void append_customer_or_null (GString *out, guint index) {
  if (index % 7 == 3)
    g_string_append (out, "null");
  else
    append_quoted_id (out, CUSTOMERS, index % 30);
}

static void append_email (GString *out, guint index) {
  g_string_append_printf (out, "\"client%u@example.test\"", index % 30);
}

static void append_slot (const Stripe *stripe, GString *out, const List *list, guint index, Slot slot) {
  const char *status = status_of (list, index);
  gint64 created = FIRST_CREATED + (gint64) index * list->kind->step;

  switch (slot) {
  case SLOT_ID: append_quoted_id (out, list - stripe->lists, index); break;
  case SLOT_CREATED: tree_append_integer (out, created); break;
  case SLOT_LATER: tree_append_integer (out, created + 3 * DAY); break;
  case SLOT_AMOUNT: tree_append_integer (out, amount_of (index)); break;
  case SLOT_RECEIVED: append_number_if (out, g_str_equal (status, "succeeded"), amount_of (index)); break;
  case SLOT_NET: tree_append_integer (out, amount_of (index) - 25); break;
  case SLOT_PAID_AMOUNT: append_number_if (out, g_str_equal (status, "paid"), amount_of (index)); break;
  case SLOT_OPEN_AMOUNT: append_number_if (out, !g_str_equal (status, "paid"), amount_of (index)); break;
  case SLOT_REFUNDED_AMOUNT: append_number_if (out, index % 8 == 5, amount_of (index)); break;
  case SLOT_REFUNDED: g_string_append (out, index % 8 == 5 ? "true" : "false"); break;
  case SLOT_CURRENCY: tree_append_text (out, currency_of (index), -1); break;
  case SLOT_CUSTOMER: append_customer_or_null (out, index); break;
  case SLOT_OWNER: append_quoted_id (out, CUSTOMERS, index % 30); break;
  case SLOT_EMAIL:
    if (index % 5 == 4)
      g_string_append (out, "null");
    else
      append_email (out, index);
    break;
  case SLOT_OWN_EMAIL: append_email (out, index); break;
  case SLOT_NAME: tree_append_text (out, name_of (index), -1); break;
  case SLOT_DESCRIPTION: append_text_or_null (out, description_of (index)); break;
  case SLOT_STATUS: tree_append_text (out, status, -1); break;
  case SLOT_ORDER: g_string_append_printf (out, "\"%03u\"", index); break;
  case SLOT_NUMBER: g_string_append_printf (out, "\"SBX-%04u\"", index); break;
  case SLOT_CHARGE: append_quoted_id (out, CHARGES, index); break;
  case SLOT_PAYMENT: append_quoted_id (out, PAYMENTS, index); break;
  case SLOT_TRANSACTION: append_quoted_id (out, TRANSACTIONS, index); break;
  case SLOT_CANCELED_AT:
    if (g_str_equal (status, "canceled"))
      tree_append_integer (out, created + 60);
    else
      g_string_append (out, "null");
    break;
  case SLOT_LIVEMODE: g_string_append (out, stripe->livemode ? "true" : "false"); break;
  case SLOT_NONE: break;
  }
}

static void append_index (const Stripe *stripe, GString *out, const List *list, guint index) {
  for (guint i = 0; i < list->pieces->len; i++) {
    const Piece *piece = &g_array_index (list->pieces, Piece, i);
    g_string_append_len (out, piece->text, piece->length);
    if (piece->bare)
      append_id (out, list - stripe->lists, index);
    else
      append_slot (stripe, out, list, index, piece->slot);
  }
}

static void append_entry (const Stripe *stripe, GString *out, const List *list, const Entry *entry) {
  if (entry->record)
    g_string_append (out, entry->record->text);
  else
    append_index (stripe, out, list, entry->index);
}

/* Lists. */

static void record_free (Record *record) {
  g_free (record->id);
  g_free (record->text);
  g_free (record);
}

static void list_fill (List *list, guint count) {
  g_hash_table_remove_all (list->records);
  g_array_set_size (list->entries, count);
  for (guint i = 0; i < count; i++) {
    Entry entry = { FIRST_CREATED + (gint64) i * list->kind->step, NULL, i };
    g_array_index (list->entries, Entry, i) = entry;
  }
}

/* The first position whose object is not older than @created. */
static guint list_lower_bound (const List *list, gint64 created) {
  guint low = 0, high = list->entries->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;
    if (g_array_index (list->entries, Entry, middle).created < created)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Whether @id is one made from an index. */
static gboolean parse_id (const Kind *kind, const char *id, guint *index) {
  g_autofree char *prefix = g_strconcat (kind->prefix, "_3SBX", NULL);
  guint64 number;

  if (!g_str_has_prefix (id, prefix) || strlen (id) != strlen (prefix) + 16
      || !g_ascii_string_to_unsigned (id + strlen (prefix), 10, 0, G_MAXUINT / 2, &number, NULL))
    return FALSE;
  *index = number;
  return TRUE;
}

static gboolean list_find (const List *list, const char *id, guint *position) {
  const Record *record = g_hash_table_lookup (list->records, id);
  guint index = 0;

  if (!record && !parse_id (list->kind, id, &index))
    return FALSE;
  gint64 created = record ? record->created : FIRST_CREATED + (gint64) index * list->kind->step;
  for (guint i = list_lower_bound (list, created); i < list->entries->len; i++) {
    const Entry *entry = &g_array_index (list->entries, Entry, i);
    if (entry->created != created)
      return FALSE;
    if (entry->record == record && (record || entry->index == index)) {
      *position = i;
      return TRUE;
    }
  }
  return FALSE;
}

/* Keeps @text (taken) as the object @id, which becomes the newest of its second. */
static void list_put (List *list, const char *id, gint64 created, char *text) {
  Record *record = g_new (Record, 1);
  guint position;

  if (list_find (list, id, &position)) {
    Entry *old = &g_array_index (list->entries, Entry, position);
    if (old->created == created) {
      *record = (Record){ g_strdup (id), created, text };
      old->record = record;
      g_hash_table_replace (list->records, record->id, record);
      return;
    }
    g_array_remove_index (list->entries, position);
  }
  *record = (Record){ g_strdup (id), created, text };
  g_hash_table_replace (list->records, record->id, record);
  Entry entry = { created, record, 0 };
  g_array_insert_val (list->entries, list_lower_bound (list, created + 1), entry);
}

static List *find_list (Stripe *stripe, const char *name) {
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].name, name) == 0)
      return &stripe->lists[i];
  return NULL;
}

/* Changes. */

static gint64 now (void) {
  return g_get_real_time () / G_USEC_PER_SEC;
}

static char *new_id (Stripe *stripe, const Kind *kind) {
  return g_strdup_printf ("%s_3SBXN%015u", kind->prefix, ++stripe->serial);
}

static char *event_type (const Kind *kind, const Tree *record, gboolean created) {
  const char *status = tree_get_text (record, "status", "");

  if (g_str_equal (kind->object, "payment_intent")) {
    static const char *const known[] = { "succeeded", "canceled", "processing", "requires_action", NULL };
    if (g_strv_contains (known, status))
      return g_strdup_printf ("payment_intent.%s", status);
    return g_strdup (created ? "payment_intent.created" : "payment_intent.payment_failed");
  }
  if (g_str_equal (kind->object, "subscription") && g_str_equal (status, "canceled"))
    return g_strdup ("customer.subscription.deleted");
  if (g_str_equal (kind->object, "checkout.session"))
    return g_strdup (g_str_equal (status, "expired") ? "checkout.session.expired"
                                                     : "checkout.session.completed");
  return g_strdup_printf ("%s%s.%s", g_str_equal (kind->object, "subscription") ? "customer." : "",
                          kind->object, created ? "created" : "updated");
}

static void add_event (Stripe *stripe, const char *type, const char *record) {
  List *events = &stripe->lists[EVENTS];
  g_autofree char *id = new_id (stripe, events->kind);
  gint64 created = now ();
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text,
      "{\n      \"id\": \"%s\",\n      \"object\": \"event\",\n"
      "      \"api_version\": \"2026-10-28.endive\",\n      \"created\": %" G_GINT64_FORMAT
      ",\n      \"data\": {\n        \"object\": %s\n      },\n      \"livemode\": false,\n"
      "      \"pending_webhooks\": 0,\n"
      "      \"request\": {\n        \"id\": null,\n        \"idempotency_key\": null\n      },\n"
      "      \"type\": \"%s\"\n    }",
      id, created, record, type);
  list_put (events, id, created, g_string_free (text, FALSE));
}

/* Merges @change into the object that it names, or into a new one; the result is appended to @out. */
static const char *change_object (Stripe *stripe, List *list, const Tree *change, const char *event,
                                  GString *out) {
  g_autofree char *id = g_strdup (tree_get_text (change, "id", NULL));
  g_autoptr (GString) before = g_string_new (NULL);
  GString *after = g_string_new (NULL);
  const char *problem = NULL;
  guint position;
  gboolean exists = id && list_find (list, id, &position);
  char number[24];

  if (exists)
    append_entry (stripe, before, list, &g_array_index (list->entries, Entry, position));
  else if (list->kind == &kinds[EVENTS])
    g_string_append (before, "{}");
  else
    append_index (stripe, before, list, list->entries->len);
  if (!id)
    id = new_id (stripe, list->kind);
  g_autoptr (TreeDocument) document = tree_parse (before->str, before->len, &problem);
  g_assert_nonnull (document);
  tree_set (document, document->root, "id", TREE_STRING, id);
  if (!exists) {
    g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, now ());
    tree_set (document, document->root, "created", TREE_NUMBER, number);
    if (tree_member (change, "metadata"))
      tree_set (document, document->root, "metadata", TREE_OBJECT, NULL);
  }
  tree_merge (document, document->root, change);
  tree_write (after, document->root, LISTED_INDENT);
  g_string_append (out, after->str);
  if (list->kind != &kinds[EVENTS] && list->kind != &kinds[TRANSACTIONS]) {
    g_autofree char *type = event ? g_strdup (event) : event_type (list->kind, document->root, !exists);
    if (!g_str_equal (type, "none"))
      add_event (stripe, type, after->str);
  }
  list_put (list, id, tree_get_integer (document->root, "created", now ()), g_string_free (after, FALSE));
  return NULL;
}

/* Answers. */

static void answer_error (Answer *answer, guint status, const char *type, const char *code,
                          const char *parameter, const char *format, ...) G_GNUC_PRINTF (6, 7);

static void answer_error (Answer *answer, guint status, const char *type, const char *code,
                          const char *parameter, const char *format, ...) {
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  answer_set (answer, status, "{\n  \"error\": {\n");
  if (code)
    g_string_append_printf (
        answer->body, "    \"code\": \"%s\",\n    \"doc_url\": \"https://stripe.com/docs/error-codes/%s\",\n",
        code, code);
  g_string_append (answer->body, "    \"message\": ");
  tree_append_text (answer->body, message, -1);
  if (parameter) {
    g_string_append (answer->body, ",\n    \"param\": ");
    tree_append_text (answer->body, parameter, -1);
  }
  g_string_append_printf (answer->body, ",\n    \"type\": \"%s\"\n  }\n}\n", type);
}

#define INVALID "invalid_request_error"

static void answer_missing (Answer *answer, guint status, const List *list, const char *parameter,
                            const char *id) {
  answer_error (answer, status, INVALID, "resource_missing", parameter, "No such %s: '%s'",
                list->kind->object, id);
}

/* As Stripe shows keys: the beginning and the last four characters. */
static char *mask_key (const char *key) {
  gsize length = strlen (key);

  if (length <= 12)
    return g_strdup ("****");
  g_autofree char *stars = g_strnfill (length - 12, '*');
  return g_strdup_printf ("%.8s%s%s", key, stars, key + length - 4);
}

static gboolean check_key (Stripe *stripe, const Request *request, Answer *answer) {
  const char *key = request_get_bearer (request);

  if (!key) {
    answer_error (
        answer, 401, INVALID, NULL, NULL,
        "You did not provide an API key. You need to provide your API key in the Authorization header, "
        "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').");
    return FALSE;
  }
  gboolean test = g_str_has_prefix (key, "sk_test_") || g_str_has_prefix (key, "rk_test_");
  stripe->livemode = g_str_has_prefix (key, "sk_live_") || g_str_has_prefix (key, "rk_live_");
  gboolean refused = g_str_has_prefix (key, "sk_test_REFUSED") || g_str_has_prefix (key, "rk_test_REFUSED");
  if (refused || !(test || stripe->livemode)) {
    g_autofree char *masked = mask_key (key);
    answer_error (answer, 401, INVALID, NULL, NULL, "Invalid API Key provided: %s", masked);
    return FALSE;
  }
  const char *version = soup_message_headers_get_one (request->headers, "Stripe-Version");
  if (version && g_regex_match_simple ("^\\d{4}-\\d\\d-\\d\\d(\\.[a-z]+)?$", version, 0, 0))
    return TRUE;
  answer_error (answer, 400, INVALID, NULL, NULL, "Invalid Stripe API version: %s",
                version ? version : "none was sent");
  return FALSE;
}

/* Lists, as they are asked for. */

typedef struct {
  List *list;
  guint limit;
  const char *after, *before;    /* (nullable) ids */
  gint64 newer_than, older_than; /* exclusive */
  GPtrArray *filters;            /* (element-type Parameter) borrowed */
} Query;

static gboolean parse_integer (Answer *answer, const Parameter *parameter, gint64 *out) {
  if (g_ascii_string_to_signed (parameter->value, 10, G_MININT64 / 2, G_MAXINT64 / 2, out, NULL))
    return TRUE;
  answer_error (answer, 400, INVALID, "parameter_invalid_integer", parameter->name, "Invalid integer: %s",
                parameter->value);
  return FALSE;
}

static gboolean parse_limit (Query *query, const Parameter *parameter, Answer *answer) {
  gint64 limit;

  if (!parse_integer (answer, parameter, &limit))
    return FALSE;
  if (limit < 1 || limit > 100) {
    answer_error (answer, 400, INVALID, "parameter_invalid_integer", "limit",
                  limit < 1 ? "This value must be greater than or equal to 1 (it currently is '%s')."
                            : "This value must be less than or equal to 100 (it currently is '%s').",
                  parameter->value);
    return FALSE;
  }
  query->limit = limit;
  return TRUE;
}

static gboolean parse_created (Query *query, const Parameter *parameter, Answer *answer) {
  const char *how = parameter->name + strlen ("created");
  gint64 created;

  if (!parse_integer (answer, parameter, &created))
    return FALSE;
  if (*how == '\0' || g_str_equal (how, "[gte]") || g_str_equal (how, "[gt]"))
    query->newer_than = MAX (query->newer_than, created - !g_str_equal (how, "[gt]"));
  if (*how == '\0' || g_str_equal (how, "[lte]") || g_str_equal (how, "[lt]"))
    query->older_than = MIN (query->older_than, created + !g_str_equal (how, "[lt]"));
  return TRUE;
}

static gboolean parse_parameter (Query *query, Parameter *parameter, Answer *answer) {
  static const char *const created[] = { "created",     "created[gt]",  "created[gte]",
                                         "created[lt]", "created[lte]", NULL };
  g_auto (GStrv) filters = g_strsplit (query->list->kind->filters, " ", -1);
  gsize name_length = strcspn (parameter->name, "[");
  gboolean numbered = g_str_has_prefix (parameter->name, "types[");

  if (g_str_equal (parameter->name, "limit"))
    return parse_limit (query, parameter, answer);
  if (g_strv_contains (created, parameter->name))
    return parse_created (query, parameter, answer);
  if (g_str_equal (parameter->name, "starting_after"))
    query->after = parameter->value;
  else if (g_str_equal (parameter->name, "ending_before"))
    query->before = parameter->value;
  else if (g_strv_contains ((const char *const *) filters, numbered ? "types[]" : parameter->name))
    g_ptr_array_add (query->filters, parameter);
  else {
    answer_error (answer, 400, INVALID, "parameter_unknown", parameter->name,
                  "Received unknown parameter: %.*s", (int) name_length, parameter->name);
    return FALSE;
  }
  return TRUE;
}

/* Whether a status that canceled objects have is asked for. */
static gboolean status_matches (const char *wanted, const char *status) {
  if (!wanted)
    return !g_str_equal (status, "canceled");
  if (g_str_equal (wanted, "ended"))
    return g_str_equal (status, "canceled") || g_str_equal (status, "incomplete_expired");
  return g_str_equal (wanted, "all") || g_str_equal (wanted, status);
}

/* Whether @member is what the filter asks for; types of events may be asked for in groups: "payment_intent.*". */
static gboolean value_matches (const Query *query, const Parameter *filter, const Tree *member) {
  gsize length = strlen (filter->value);

  if (query->list->kind == &kinds[EVENTS] && g_str_has_suffix (filter->value, "*"))
    return member->length >= length - 1 && strncmp (filter->value, member->text, length - 1) == 0;
  return member->length == length && strncmp (filter->value, member->text, length) == 0;
}

static gboolean filters_match (const Query *query, const Tree *object) {
  gboolean any_type = FALSE, type_matches = FALSE;

  for (guint i = 0; i < query->filters->len; i++) {
    const Parameter *filter = g_ptr_array_index (query->filters, i);
    const Tree *member = tree_member (object, filter->name);
    if (g_str_has_prefix (filter->name, "types[")) {
      any_type = TRUE;
      type_matches |= g_str_equal (filter->value, tree_get_text (object, "type", ""));
    } else if (query->list->kind == &kinds[SUBSCRIPTIONS] && g_str_equal (filter->name, "status")) {
      continue;
    } else if (!member || (member->kind != TREE_STRING && member->kind != TREE_NUMBER)
               || !value_matches (query, filter, member)) {
      return FALSE;
    }
  }
  return !any_type || type_matches;
}

/* Appends the object if the query asks for it. */
static gboolean append_if_matches (Stripe *stripe, GString *out, const Query *query, const Entry *entry) {
  gsize length = out->len;
  const char *problem;

  if (entry->created <= query->newer_than || entry->created >= query->older_than)
    return FALSE;
  append_entry (stripe, out, query->list, entry);
  if (query->filters->len == 0 && query->list->kind != &kinds[SUBSCRIPTIONS])
    return TRUE;
  g_autoptr (TreeDocument) document = tree_parse (out->str + length, out->len - length, &problem);
  gboolean matches = filters_match (query, document->root);
  if (query->list->kind == &kinds[SUBSCRIPTIONS]) {
    const char *wanted = parameters_get (query->filters, "status");
    matches = matches && status_matches (wanted, tree_get_text (document->root, "status", ""));
  }
  if (!matches)
    g_string_truncate (out, length);
  return matches;
}

/* Fills @objects with one page, newest first; whether there are more in that direction. */
static gboolean collect_page (Stripe *stripe, const Query *query, guint position, int step,
                              GPtrArray *objects) {
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = position; i < query->list->entries->len; i += step) {
    const Entry *entry = &g_array_index (query->list->entries, Entry, i);
    g_string_truncate (text, 0);
    if (step < 0 && entry->created <= query->newer_than)
      break;
    if (!append_if_matches (stripe, text, query, entry))
      continue;
    if (objects->len == query->limit)
      return TRUE;
    char *object = g_strndup (text->str, text->len);
    if (step < 0)
      g_ptr_array_add (objects, object);
    else
      g_ptr_array_insert (objects, 0, object);
  }
  return FALSE;
}

static void answer_page (Stripe *stripe, const Query *query, Answer *answer) {
  guint position = query->list->entries->len;
  const char *cursor = query->after ? query->after : query->before;
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_free);

  if (query->after && query->before) {
    answer_error (answer, 400, INVALID, NULL, NULL,
                  "You can only specify one of these parameters: starting_after, ending_before.");
    return;
  }
  if (cursor && !list_find (query->list, cursor, &position)) {
    answer_missing (answer, 400, query->list, query->after ? "starting_after" : "ending_before", cursor);
    return;
  }
  /* Position 0 - 1 wraps round to beyond the end. */
  gboolean more = query->before ? collect_page (stripe, query, position + 1, 1, objects)
                                : collect_page (stripe, query, position - 1, -1, objects);
  answer_set (answer, 200, "{\n  \"object\": \"list\",\n  \"data\": [");
  for (guint i = 0; i < objects->len; i++) {
    g_string_append (answer->body, i > 0 ? ",\n    " : "\n    ");
    g_string_append (answer->body, g_ptr_array_index (objects, i));
  }
  g_string_append_printf (answer->body, "%s],\n  \"has_more\": %s,\n  \"url\": \"/v1/%s\"\n}\n",
                          objects->len > 0 ? "\n  " : "", more ? "true" : "false", query->list->kind->path);
}

static void answer_list (Stripe *stripe, List *list, const Request *request, Answer *answer) {
  g_autoptr (GPtrArray) parameters = parameters_parse (request->query, -1);
  g_autoptr (GPtrArray) filters = g_ptr_array_new ();
  Query query = { list, 10, NULL, NULL, G_MININT64, G_MAXINT64, filters };

  if (!parameters) {
    answer_error (answer, 400, INVALID, NULL, NULL, "Invalid query string.");
    return;
  }
  for (guint i = 0; i < parameters->len; i++)
    if (!parse_parameter (&query, g_ptr_array_index (parameters, i), answer))
      return;
  answer_page (stripe, &query, answer);
}

static void answer_object (Stripe *stripe, const List *list, const char *id, Answer *answer) {
  guint position;

  if (!list_find (list, id, &position)) {
    answer_missing (answer, 404, list, list->kind == &kinds[PAYMENTS] ? "intent" : "id", id);
    return;
  }
  answer_set (answer, 200, "");
  append_entry (stripe, answer->body, list, &g_array_index (list->entries, Entry, position));
  g_string_append_c (answer->body, '\n');
}

/* Writing customers. */

static gboolean check_metadata (const char *key, const char *value, Answer *answer) {
  if (strlen (key) > 40)
    answer_error (answer, 400, INVALID, NULL, "metadata",
                  "Metadata keys can have up to 40 characters: the key '%s' is too long.", key);
  else if (g_utf8_strlen (value, -1) > 500)
    answer_error (answer, 400, INVALID, NULL, "metadata",
                  "Metadata values can have up to 500 characters: the value of '%s' is too long.", key);
  else
    return TRUE;
  return FALSE;
}

/* Puts a form parameter such as metadata[order_id]=007 into @object. */
static gboolean set_form_member (TreeDocument *document, const Parameter *parameter, Answer *answer) {
  static const char *const plain[] = { "email",           "name",       "phone",          "description",
                                       "balance",         "tax_exempt", "invoice_prefix", "business_name",
                                       "individual_name", NULL };
  static const char *const nested[] = { "metadata", "address", "shipping", NULL };
  g_auto (GStrv) parts = g_strsplit_set (parameter->name, "[]", -1);
  const char *name = g_intern_string (parts[0]);
  gboolean whole = !parts[1];
  const char *text = parameter->value;
  TreeKind kind = *text == '\0' ? TREE_NULL : g_str_equal (name, "balance") ? TREE_NUMBER : TREE_STRING;

  if (whole && g_strv_contains (plain, name)) {
    tree_set (document, document->root, name, kind, text);
    return TRUE;
  }
  if (!g_strv_contains (nested, name) || (whole && *text != '\0')) {
    answer_error (answer, 400, INVALID, "parameter_unknown", parameter->name,
                  "Received unknown parameter: %s", parameter->name);
    return FALSE;
  }
  if (whole) {
    tree_set (document, document->root, name, TREE_NULL, NULL);
    return TRUE;
  }
  if (g_str_equal (name, "metadata") && !check_metadata (parts[1], text, answer))
    return FALSE;
  Tree *member = tree_member (document->root, name);
  if (!member || member->kind != TREE_OBJECT)
    member = tree_set (document, document->root, name, TREE_OBJECT, NULL);
  tree_set (document, member, g_intern_string (parts[1]), *text == '\0' ? TREE_NULL : TREE_STRING, text);
  return TRUE;
}

static void write_customer (Stripe *stripe, const char *id, const Request *request, Answer *answer) {
  List *customers = &stripe->lists[CUSTOMERS];
  g_autoptr (GPtrArray) parameters = parameters_parse (request->body, request->length);
  const char *problem;
  static const char empty[] =
      "{\"metadata\":{},\"email\":null,\"name\":null,\"phone\":null,\"description\":null,"
      "\"address\":null,\"preferred_locales\":[]}";
  const char *start = id ? "{}" : empty;
  g_autoptr (TreeDocument) change = tree_parse (start, strlen (start), &problem);
  guint position;

  if (id && !list_find (customers, id, &position)) {
    answer_missing (answer, 404, customers, "id", id);
    return;
  }
  if (!parameters) {
    answer_error (answer, 400, INVALID, NULL, NULL, "Invalid request body.");
    return;
  }
  for (guint i = 0; i < parameters->len; i++)
    if (!set_form_member (change, g_ptr_array_index (parameters, i), answer))
      return;
  if (id)
    tree_set (change, change->root, "id", TREE_STRING, id);
  answer_set (answer, 200, "");
  change_object (stripe, customers, change->root, NULL, answer->body);
  g_string_append_c (answer->body, '\n');
}

static void delete_customer (Stripe *stripe, const char *id, Answer *answer) {
  if (stripe_delete (stripe, kinds[CUSTOMERS].path, id)) {
    answer_missing (answer, 404, &stripe->lists[CUSTOMERS], "id", id);
    return;
  }
  answer_set (answer, 200, "");
  g_string_append_printf (answer->body, "{\"id\":\"%s\",\"object\":\"customer\",\"deleted\":true}\n", id);
}

static void replay_free (Replay *replay) {
  g_free (replay->fingerprint);
  g_free (replay->body);
  g_free (replay);
}

static void answer_write (Stripe *stripe, const char *id, const Request *request, Answer *answer) {
  const char *key = soup_message_headers_get_one (request->headers, "Idempotency-Key");
  const Replay *known = key ? g_hash_table_lookup (stripe->replays, key) : NULL;
  g_autofree char *fingerprint =
      g_strdup_printf ("%s\n%.*s", request->path, (int) request->length, request->body);

  if (key && strlen (key) > 255) {
    answer_error (answer, 400, INVALID, NULL, NULL, "Idempotency keys can have up to 255 characters.");
    return;
  }
  if (known && !g_str_equal (known->fingerprint, fingerprint)) {
    answer_error (
        answer, 400, "idempotency_error", NULL, NULL,
        "Keys for idempotent requests can only be used with the same parameters they were first used with. "
        "Try using a key other than '%s' if you meant to execute a different request.",
        key);
    return;
  }
  if (known) {
    answer_set (answer, known->status, known->body);
    soup_message_headers_replace (answer->headers, "Idempotent-Replayed", "true");
    return;
  }
  write_customer (stripe, id, request, answer);
  if (key && answer->status == 200) {
    Replay *replay = g_new (Replay, 1);
    *replay = (Replay){ g_steal_pointer (&fingerprint), answer->status, g_strdup (answer->body->str) };
    g_hash_table_replace (stripe->replays, g_strdup (key), replay);
  }
}

/* Routes. */

static void answer_account (Stripe *stripe, const Request *request, Answer *answer) {
  const char *key = request_get_bearer (request);
  g_autofree char *masked = mask_key (key);

  if (g_str_has_prefix (key, "rk_"))
    answer_error (
        answer, 403, INVALID, "more_permissions_required", NULL,
        "The provided key '%s' does not have the required permissions for this endpoint on account "
        "'acct_3SBX0000000001'. Having the 'rak_accounts_kyc_basic_read' permission would allow this "
        "request to continue.",
        masked);
  else
    answer_set (answer, 200, stripe->account);
}

static void answer_no_route (const Request *request, Answer *answer) {
  answer_error (answer, 404, INVALID, NULL, NULL,
                "Unrecognized request URL (%s: %s). Please see https://stripe.com/docs or we can help at "
                "https://support.stripe.com/.",
                request->method, request->path);
}

void stripe_handle (gpointer service, const Request *request, Answer *answer) {
  Stripe *stripe = service;
  const char *path = request->path;
  g_autofree char *request_id = g_strdup_printf ("req_3SBX%08u", ++stripe->requests);
  gboolean get = g_str_equal (request->method, "GET"), post = g_str_equal (request->method, "POST");

  soup_message_headers_replace (answer->headers, "Request-Id", request_id);
  if (!check_key (stripe, request, answer))
    return;
  if (get && g_str_equal (path, "/v1/account")) {
    answer_account (stripe, request, answer);
    return;
  }
  if (get && g_str_equal (path, "/v1/balance")) {
    answer_set (answer, 200, stripe->balance);
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *base = g_strconcat ("/v1/", kinds[i].path, NULL);
    if (!g_str_has_prefix (path, base))
      continue;
    const char *rest = path + strlen (base);
    const char *id = rest[0] == '/' && rest[1] != '\0' && !strchr (rest + 1, '/') ? rest + 1 : NULL;
    if (*rest != '\0' && !id)
      continue;
    if (get && !id)
      answer_list (stripe, &stripe->lists[i], request, answer);
    else if (get)
      answer_object (stripe, &stripe->lists[i], id, answer);
    else if (post && i == CUSTOMERS)
      answer_write (stripe, id, request, answer);
    else if (id && i == CUSTOMERS && g_str_equal (request->method, "DELETE"))
      delete_customer (stripe, id, answer);
    else
      answer_no_route (request, answer);
    return;
  }
  answer_no_route (request, answer);
}

const char *stripe_upsert (Stripe *stripe, const char *name, const Tree *record, const char *event,
                           GString *out) {
  List *list = find_list (stripe, name);

  if (!list)
    return "no such list of objects";
  if (!record || record->kind != TREE_OBJECT)
    return "“record” must be an object";
  return change_object (stripe, list, record, event, out);
}

const char *stripe_delete (Stripe *stripe, const char *name, const char *id) {
  List *list = find_list (stripe, name);
  guint position;

  if (!list || !id || !list_find (list, id, &position))
    return "no such object";
  g_array_remove_index (list->entries, position);
  g_hash_table_remove (list->records, id);
  return NULL;
}

const char *stripe_set_count (Stripe *stripe, const char *name, guint count) {
  List *list = find_list (stripe, name);

  if (!list || list->kind == &kinds[EVENTS])
    return "no such list of objects";
  list_fill (list, count);
  return NULL;
}

void stripe_reset (Stripe *stripe) {
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    list_fill (&stripe->lists[i], i == PAYMENTS ? stripe->payments : kinds[i].count);
  g_hash_table_remove_all (stripe->replays);
  stripe->serial = 0;
}

static void list_init (List *list, const Kind *kind, const Tree *shapes) {
  list->kind = kind;
  list->shape = shape_text (shapes, kind->name);
  list->pieces = cut_shape (list->shape);
  list->statuses = kind->statuses ? g_strsplit (kind->statuses, " ", -1) : NULL;
  list->n_statuses = list->statuses ? g_strv_length (list->statuses) : 0;
  list->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  list->records = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) record_free);
}

Stripe *stripe_new (guint payments) {
  Stripe *stripe = g_new0 (Stripe, 1);
  const char *problem = NULL;
  g_autoptr (GBytes) data =
      g_resources_lookup_data ("/sandbox/stripe-shapes.json", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (TreeDocument) shapes =
      tree_parse (g_bytes_get_data (data, NULL), g_bytes_get_size (data), &problem);

  if (!shapes)
    g_error ("stripe-shapes.json: %s", problem);
  stripe->payments = payments;
  stripe->account = shape_text (shapes->root, "account");
  stripe->balance = shape_text (shapes->root, "balance");
  stripe->replays = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) replay_free);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    list_init (&stripe->lists[i], &kinds[i], shapes->root);
  stripe_reset (stripe);
  return stripe;
}

void stripe_free (Stripe *stripe) {
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    List *list = &stripe->lists[i];
    g_free (list->shape);
    g_array_unref (list->pieces);
    g_strfreev (list->statuses);
    g_array_unref (list->entries);
    g_hash_table_unref (list->records);
  }
  g_hash_table_unref (stripe->replays);
  g_free (stripe->account);
  g_free (stripe->balance);
  g_free (stripe);
}
