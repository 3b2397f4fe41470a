/* test-json-reader.c: what the strict reader must accept, must refuse, and says about it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "error.h"
#include "json-reader.h"
#include <string.h>

typedef struct {
  char verdict; /* 'y' must be accepted, 'n' must be refused */
  const char *text;
  gsize length;
} Case;

#define Y(text)                                                                                              \
  { 'y', text, sizeof text - 1 }
#define N(text)                                                                                              \
  { 'n', text, sizeof text - 1 }

static const Case cases[] = {
  /* arrays */
  Y ("[]"),
  Y ("[ ]"),
  Y ("[[]]"),
  Y ("[\"\"]"),
  Y ("[\"a\"]"),
  Y ("[false]"),
  Y ("[null, 1, \"1\", {}]"),
  Y ("[null]"),
  Y ("[1\n]"),
  Y (" [1]"),
  Y ("[1,null,null,null,2]"),
  Y ("[2] "),
  Y ("[[[[[[[[[[1]]]]]]]]]]"),
  N ("["),
  N ("[1"),
  N ("[1,"),
  N ("[1,]"),
  N ("[,1]"),
  N ("[,]"),
  N ("[1,,2]"),
  N ("[1,,]"),
  N ("[1 2]"),
  N ("[1 true]"),
  N ("[\"a\" \"b\"]"),
  N ("[\"x\"],"),
  N ("[\"x\"]]"),
  N ("[\"\": 1]"),
  N ("[1:2]"),
  N ("[\"\","),
  N ("[\"\""),
  N ("[,\"\"]"),
  N ("[-]"),
  N ("[*]"),
  N ("[   , \"\"]"),
  N ("[3[4]]"),
  N ("[1}"),
  N ("[\"a\",\n4\n,1,"),
  N ("[\"\x0b\x61\"\\f]"),
  N ("[a\xe5]"),
  N ("[\xff]"),
  N ("[[]"),
  N ("]"),
  N ("[]]"),
  N ("[][]"),
  N ("[1]x"),
  N ("[{}"),
  N ("1]"),
  N ("[ false, nul"),
  N ("[ true, fals"),
  N ("[ false, tru"),
  /* objects */
  Y ("{}"),
  Y ("{\"a\":[]}"),
  Y ("{\"\":0}"),
  Y ("{\"a\":\"b\",\"c\":\"d\"}"),
  Y ("{\"a\":\"b\",\"a\":\"c\"}"),
  Y ("{\"a\":\"b\",\"a\":\"b\"}"),
  Y ("{\"foo\\u0000bar\": 42}"),
  Y ("{ \"min\": -1.0e+28, \"max\": 1.0e+28 }"),
  Y ("{\"x\":[{\"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}], \"id\": \"x\"}"),
  Y ("{\"title\":\"\\u041f\\u043e\\u043b\"}"),
  Y ("{\n\"a\": \"b\"\n}"),
  Y ("{\"a\" : 1}"),
  Y ("{\t\"a\"\r\n:\t1 }"),
  N ("{"),
  N ("{\"a\""),
  N ("{\"a\":"),
  N ("{\"a\":1"),
  N ("{\"a\":1,"),
  N ("{\"a\":1,}"),
  N ("{\"a\":1,,}"),
  N ("{\"a\":1,,\"b\":2}"),
  N ("{,\"a\":1}"),
  N ("{,}"),
  N ("{\"a\"}"),
  N ("{\"a\",\"b\"}"),
  N ("{\"a\" \"b\"}"),
  N ("{\"a\" 1}"),
  N ("{\"a\"::\"b\"}"),
  N ("{:\"b\"}"),
  N ("{\"a\":}"),
  N ("{\"a\":\"b\"]"),
  N ("{\"a\":\"b\" c}"),
  N ("{\"a\":\"b\" \"c\":1}"),
  N ("{a: \"b\"}"),
  N ("{'a':0}"),
  N ("{1:1}"),
  N ("{9999E9999:1}"),
  N ("{null:null,null:null}"),
  N ("{\"id\":0,,,,,}"),
  N ("{\"id\":0,\n"),
  N ("{\"a\":1}}"),
  N ("{\"a\":1}/**/"),
  N ("{\"a\":1}//"),
  N ("{\"a\":1}#"),
  N ("{\"a\":/*x*/1}"),
  N ("{\"x\", null}"),
  N ("{\"x\"::1}"),
  N ("{[: \"x\"}"),
  N ("{\"\":["),
  N ("{}}"),
  N ("}"),
  N ("{\"\xb9\":\"0\",}"),
  N ("{\"a\":\"a\" 123}"),
  N ("{\"a\":true true}"),
  N ("{\xF0\x9F\x87\xA8\xF0\x9F\x87\xAD}"),
  /* numbers */
  Y ("0"),
  Y ("-0"),
  Y ("[-0]"),
  Y ("[-123]"),
  Y ("[0]"),
  Y ("[ 4]"),
  Y ("[123e65]"),
  Y ("[0e+1]"),
  Y ("[0e1]"),
  Y ("[1E22]"),
  Y ("[1E-2]"),
  Y ("[1E+2]"),
  Y ("[123e45]"),
  Y ("[123.456e78]"),
  Y ("[1e-2]"),
  Y ("[1e+2]"),
  Y ("[123]"),
  Y ("[123.456789]"),
  Y ("[-0.000000000000000000000000000000000000000000000000000000000000000000000000000000001]"),
  Y ("[20e1]"),
  Y ("[0.0]"),
  Y ("[-1]"),
  Y ("[1.00e+0005]"),
  Y ("[12345678901234567890123456789012345678901234567890]"),
  Y ("[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999]"),
  Y ("[1e400]"),
  Y ("[-1e-9999]"),
  N ("[-01]"),
  N ("[01]"),
  N ("[00]"),
  N ("[-00]"),
  N ("[012]"),
  N ("[-012]"),
  N ("[1.]"),
  N ("[.5]"),
  N ("[-.5]"),
  N ("[.-1]"),
  N ("[.2e-3]"),
  N ("[1e]"),
  N ("[1E]"),
  N ("[1e+]"),
  N ("[1e-]"),
  N ("[1eE2]"),
  N ("[1e+-2]"),
  N ("[0e]"),
  N ("[0e+]"),
  N ("[0E]"),
  N ("[0E+]"),
  N ("[0.3e]"),
  N ("[0.3e+]"),
  N ("[0.e1]"),
  N ("[1.0e]"),
  N ("[1.0e+]"),
  N ("[1.0e-]"),
  N ("[2.e3]"),
  N ("[2.e+3]"),
  N ("[-2.]"),
  N ("[0.1.2]"),
  N ("[1.2.3]"),
  N ("[1 000.0]"),
  N ("[1_000]"),
  N ("[1,5"),
  N ("[+1]"),
  N ("[++1234]"),
  N ("[+Inf]"),
  N ("[--1]"),
  N ("[-a]"),
  N ("[- 1]"),
  N ("[-1x]"),
  N ("[-foo]"),
  N ("[1+2]"),
  N ("[9.e+]"),
  N ("[0x1]"),
  N ("[0x42]"),
  N ("[0X1]"),
  N ("[0b1]"),
  N ("[0o7]"),
  N ("[1f]"),
  N ("[1L]"),
  N ("[1a]"),
  N ("[1.2a-3]"),
  N ("[1.8011670033376514H-308]"),
  N ("[1ea]"),
  N ("[1e1\xe5]"),
  N ("[Infinity]"),
  N ("[-Infinity]"),
  N ("[Inf]"),
  N ("[NaN]"),
  N ("[-NaN]"),
  N ("[nan]"),
  N ("[\xef\xbc\x91]"), /* a full-width one */
  N ("[\xd9\xa1]"),     /* an Arabic one */
  N ("-"),
  N ("1."),
  N ("1e"),
  N ("1e+"),
  N ("-1."),
  /* strings */
  Y ("\"\""),
  Y ("\" \""),
  Y ("[\"\\u0060\\u012a\\u12AB\"]"),
  Y ("[\"\\uD801\\udc37\"]"),
  Y ("[\"\\ud83d\\ude39\\ud83d\\udc8d\"]"),
  Y ("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]"),
  Y ("[\"\\\\u0000\"]"),
  Y ("[\"\\\"\"]"),
  Y ("[\"a/*b*/c/*d//e\"]"),
  Y ("[\"\\\\a\"]"),
  Y ("[\"\\\\n\"]"),
  Y ("[\"\\u0012\"]"),
  Y ("[\"\\uFFFF\"]"),
  Y ("[\"asd \"]"),
  Y ("[\"\\u0000\"]"),
  Y ("[\"\x7f\"]"),
  Y ("[\"\xef\xbf\xbf\"]"),             /* U+FFFF, a noncharacter, is legal */
  Y ("[\"\xf4\x8f\xbf\xbf\"]"),         /* U+10FFFF */
  Y ("[\"\xf0\x9b\xbf\xbf\"]"),         /* not assigned */
  Y ("[\"\xc2\x80\"]"),                 /* the first of two bytes */
  Y ("[\"\xe0\xa0\x80\"]"),             /* the first of three */
  Y ("[\"\xed\x9f\xbf\"]"),             /* just below the surrogates */
  Y ("[\"\xee\x80\x80\"]"),             /* just above them */
  Y ("[\"\xf0\x90\x80\x80\"]"),         /* the first of four */
  Y ("[\"\xe2\x80\xa8\xe2\x80\xa9\"]"), /* line and paragraph separators */
  Y ("[\"\xef\xbb\xbf\"]"),             /* a byte order mark inside a text */
  Y ("[\"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\"]"),
  Y ("[\"\\uDADA\"]"), /* lone surrogates: either is allowed, we take them */
  Y ("[\"\\uDd1e\\uD834\"]"),
  Y ("[\"\\uD800\\n\"]"),
  Y ("[\"\\uD800\\uD800\\n\"]"),
  Y ("[\"\\uDFAA\"]"),
  Y ("[\"\\ud800abc\"]"),
  N ("\""),
  N ("[\""),
  N ("[\"a"),
  N ("[\"\\"),
  N ("[\"\\\""),
  N ("[\"\\\"]"),
  N ("[\"\\\\\\\"]"),
  N ("[\"\\x00\"]"),
  N ("[\"\\a\"]"),
  N ("[\"\\v\"]"),
  N ("[\"\\'\"]"),
  N ("[\"\\0\"]"),
  N ("[\"\\U0041\"]"),
  N ("[\"\\N\"]"),
  N ("[\"\\ \"]"),
  N ("[\"\\\n\"]"),
  N ("[\"\\\0\"]"),
  N ("[\"\\\xf0\x9f\x8c\x80\"]"),
  N ("[\"\\\xe5\"]"),
  N ("[\"\\u\"]"),
  N ("[\"\\u0\"]"),
  N ("[\"\\u00A\"]"),
  N ("[\"\\u00\"]"),
  N ("[\"\\uqqqq\"]"),
  N ("[\"\\u00G0\"]"),
  N ("[\"\\u 123\"]"),
  N ("[\"\\u+123\"]"),
  N ("[\"\\u-123\"]"),
  N ("[\"\\u0x1F\"]"),
  N ("[\"\\u\xe5\"]"),
  N ("[\"\\uD834\\uDd\"]"),
  N ("[\"\\uD800\\u\"]"),
  N ("[\"\\uD800\\u1\"]"),
  N ("[\"\\uD800\\u1x\"]"),
  N ("[\"\\uD800\\"),
  N ("[\"\n\"]"),
  N ("[\"a\nb\"]"),
  N ("[\"\t\"]"),
  N ("[\"\r\"]"),
  N ("[\"\x1f\"]"),
  N ("[\"\x01\"]"),
  N ("[\"a\0a\"]"),
  N ("[\"\0\"]"),
  N ("['single']"),
  N ("'single'"),
  N ("[\xe2\x80\x9cquoted\xe2\x80\x9d]"),
  N ("[abc]"),
  N ("abc"),
  N ("[\"x\"y\"]"),
  N ("\"\"x"),
  N ("[\\n]"),
  N ("[\"\xff\"]"),
  N ("[\"\xfe\"]"),
  N ("[\"\x80\"]"), /* a continuation alone */
  N ("[\"\xc3\"]"), /* cut */
  N ("[\"\xc3(\"]"),
  N ("[\"\xe2\x82\"]"),
  N ("[\"\xf0\x9f\x98\"]"),
  N ("[\"\xc0\x80\"]"), /* overlong */
  N ("[\"\xc0\xaf\"]"),
  N ("[\"\xc1\xbf\"]"),
  N ("[\"\xe0\x80\xaf\"]"),
  N ("[\"\xe0\x9f\xbf\"]"),
  N ("[\"\xf0\x80\x80\x80\"]"),
  N ("[\"\xf0\x8f\xbf\xbf\"]"),
  N ("[\"\xfc\x80\x80\x80\x80\x80\"]"),
  N ("[\"\xfc\x83\xbf\xbf\xbf\xbf\"]"),
  N ("[\"\xed\xa0\x80\"]"), /* surrogates as UTF-8 */
  N ("[\"\xed\xbf\xbf\"]"),
  N ("[\"\xed\xa0\xbd\xed\xb8\x80\"]"),
  N ("[\"\xf4\x90\x80\x80\"]"), /* beyond U+10FFFF */
  N ("[\"\xf5\x80\x80\x80\"]"),
  N ("[\"\xe9\"]"), /* Latin-1 */
  N ("{\"\xe9\":1}"),
  /* structure */
  Y ("false"),
  Y ("true"),
  Y ("null"),
  Y ("42"),
  Y ("-0.1"),
  Y ("\"asd\""),
  Y ("[true]"),
  Y (" \t\r\n[] \t\r\n"),
  Y ("[\"a\"]\n"),
  N (""),
  N (" "),
  N ("\n\t "),
  N ("nul"),
  N ("nulll"),
  N ("nullx"),
  N ("True"),
  N ("TRUE"),
  N ("[True]"),
  N ("tRue"),
  N ("[nul]"),
  N ("[fals]"),
  N ("[tru]"),
  N ("truefalse"),
  N ("true false"),
  N ("1 2"),
  N ("None"),
  N ("undefined"),
  N ("<null>"),
  N ("[<null>]"),
  N ("<html><body>Bad Gateway</body></html>"),
  N ("\xEF\xBB\xBF[]"),
  N ("\xEF\xBB\xBF"),
  N ("\xEF\xBB"),
  N ("\xEF\xBB\xBF\xEF\xBB\xBF[]"),
  N ("[]\xEF\xBB\xBF"),
  N ("\xFF\xFE[\0]\0"), /* UTF-16 */
  N ("\xFE\xFF\0[\0]"),
  N ("[\0]\0"),
  N ("\0[\0]"),
  N ("[]\0"),
  N ("\0"),
  N ("[\0]"),
  N ("{\"a\":1\0}"),
  N ("1\0"),
  N ("[\x0c]"), /* a form feed is no white space here */
  N ("[\x0b]"),
  N ("[\xc2\xa0]"), /* nor is a no-break space */
  N ("[\xe2\x81\xa0]"),
  N ("[\xe2\x80\xa8]"),
  N ("\x0c[]"),
  N ("[]\x1a"),
  N ("// x\n[]"),
  N ("/* x */[]"),
  N ("[/* x */]"),
  N ("[1] // x"),
  N ("[1/*x*/,2]"),
  N ("# x\n[]"),
  N ("*"),
  N ("@"),
  N (","),
  N (":"),
  N ("\\"),
  N ("[\"a\""),
  N ("{]"),
  N ("[}"),
  N ("{[]}"),
  N ("[{]}"),
  N ("[{\"a\":[}]}"),
  N ("{\"a\":[1}]"),
  N ("[1],[2]"),
  N ("{}{}"),
  N ("{} []"),
  N ("2@"),
  N ("\xe5"),
  N ("\xc3\xa5"),
  N ("[\"a\",1"),
  N ("{\"asd\":\"asd\""),
  N (")]}',\n{}"),
  N ("callback({})"),
};

/* Whether @length bytes of @data are one strict JSON document, read by skipping. */
static gboolean validate (const char *data, gsize length, GError **error) {
  HubJsonReader reader;
  hub_json_reader_init (&reader, data, length);
  return (hub_json_reader_skip (&reader, NULL, NULL) && hub_json_reader_next (&reader) == HUB_JSON_END)
         || hub_json_reader_get_error (&reader, error);
}

/* Exactly @length bytes on the heap, no NUL behind: reading one byte too many is a crash under ASan. */
static char *exactly (const char *text, gsize length) {
  return g_memdup2 (text, length);
}

static gboolean accepted (const char *text, gsize length) {
  g_autofree char *data = exactly (text, length);
  g_autoptr (GError) error = NULL;
  gboolean valid = validate (data, length, &error);
  if (valid) {
    g_assert_no_error (error);
  } else {
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_assert_null (strchr (error->message, '\n'));
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  return valid;
}

/* Reads token by token to the end, decoding every text on the way. */
static gboolean walked (const char *text, gsize length) {
  g_autofree char *data = exactly (text, length);
  HubJsonReader reader;
  hub_json_reader_init (&reader, data, length);
  for (;;) {
    HubJsonToken token = hub_json_reader_next (&reader);
    if (token == HUB_JSON_ERROR || token == HUB_JSON_END)
      return token == HUB_JSON_END;
    g_assert_cmpuint (reader.start, <=, reader.end);
    g_assert_cmpuint (reader.end, <=, reader.position);
    g_assert_cmpuint (reader.position, <=, length);
    if (token == HUB_JSON_NAME || token == HUB_JSON_STRING || token == HUB_JSON_NUMBER) {
      g_autofree char *decoded = hub_json_reader_dup_text (&reader);
      g_assert_true (g_utf8_validate (decoded, -1, NULL));
      g_assert_true (hub_json_reader_is (&reader, decoded));
    }
  }
}

static void test_accepts_and_refuses_what_the_standard_says (void) {
  g_assert_cmpuint (G_N_ELEMENTS (cases), >=, 250);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gboolean expected = cases[i].verdict == 'y';
    g_autofree char *shown = g_strescape (cases[i].text, NULL);
    if (accepted (cases[i].text, cases[i].length) != expected)
      g_error ("case %" G_GSIZE_FORMAT " must be %s: %s", i, expected ? "accepted" : "refused", shown);
    if (walked (cases[i].text, cases[i].length) != expected)
      g_error ("case %" G_GSIZE_FORMAT " reads differently token by token: %s", i, shown);
  }
}

static void test_a_case_holds_inside_longer_documents_too (void) {
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    const Case *c = &cases[i];
    gboolean accept = c->verdict == 'y';
    if (strcmp (c->text, "[1],[2]") == 0)
      continue; /* what is too much alone may be two elements of a list */
    for (guint pad = 0; pad < 9; pad++) {
      g_autoptr (GByteArray) document = g_byte_array_new ();
      g_byte_array_append (document, (const guint8 *) "{\"list\":[\"        ", 10 + pad);
      g_byte_array_append (document, (const guint8 *) "\",", 2);
      g_byte_array_append (document, (const guint8 *) c->text, c->length);
      g_byte_array_append (document, (const guint8 *) ",\"another text\"]}", 17);
      gboolean valid = accepted ((const char *) document->data, document->len);
      if (valid != accept)
        g_error ("embedded case %" G_GSIZE_FORMAT " with pad %u: %.*s", i, pad, (int) document->len,
                 (const char *) document->data);
    }
  }
}

static const char document[] =
    "{\"id\":\"pi_\\u00e9\\ud83d\\ude42 \xc3\xa9\xf0\x9f\x99\x82\",\"n\":[-1.50e+3,0,\n 10.25],"
    "\"empty\":[{},[],\"\"],\"t\":true,\"f\":false,\"z\":null,\"deep\":[[[{\"a\":[1]}]]]}";

static void test_every_prefix_of_a_document_is_refused (void) {
  g_assert_true (accepted (document, sizeof document - 1));
  for (gsize length = 0; length < sizeof document - 1; length++) {
    g_assert_false (accepted (document, length));
    g_assert_false (walked (document, length));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    char first = cases[i].text[0];
    for (gsize length = 0; cases[i].verdict == 'y' && length < cases[i].length; length++)
      if (first == '{' || first == '"' || (first == '[' && cases[i].text[cases[i].length - 1] == ']'))
        g_assert_false (accepted (cases[i].text, length));
  }
}

static void test_a_cut_document_is_said_to_end_too_early (void) {
  for (gsize length = 0; length < sizeof document - 1; length++) {
    g_autofree char *data = exactly (document, length);
    g_autoptr (GError) error = NULL;
    g_assert_false (validate (data, length, &error));
    gboolean inside_a_letter =
        length > 0 && (guchar) document[length - 1] >= 0x80 && ((guchar) document[length] & 0xC0) == 0x80;
    if (!inside_a_letter)
      g_assert_true (g_str_has_suffix (error->message, "the document ends too early"));
  }
}

static void test_a_changed_byte_never_crashes (void) {
  for (gsize i = 0; i < sizeof document - 1; i++) {
    for (guint byte = 0; byte < 256; byte++) {
      g_autofree char *data = exactly (document, sizeof document - 1);
      data[i] = byte;
      g_assert_cmpint (walked (data, sizeof document - 1), ==, accepted (data, sizeof document - 1));
    }
  }
}

static void test_a_text_ends_where_it_ends_at_every_alignment (void) {
  static const char *const specials[] = { "\"", "\\n", "\n", "\xc3\xa9", "\xff", "\x1f", "\x7f", "!" };
  static const gboolean valid[] = { FALSE, TRUE, FALSE, TRUE, FALSE, FALSE, TRUE, TRUE };
  for (guint before = 0; before < 24; before++) {
    for (guint after = 0; after < 18; after++) {
      for (guint i = 0; i < G_N_ELEMENTS (specials); i++) {
        g_autofree char *left = g_strnfill (before, 'a'), *right = g_strnfill (after, 'z');
        g_autofree char *text = g_strconcat ("\"", left, specials[i], right, "\"", NULL);
        g_assert_cmpint (accepted (text, strlen (text)), ==, valid[i]);
      }
    }
  }
}

static void test_tokens_come_in_order_with_their_bytes (void) {
  static const char text[] = " { \"a\" : [ 1 , \"x\\n\" , { } ] ,\n\"b\":true, \"c\":false,\"d\":null } ";
  static const struct {
    HubJsonToken token;
    const char *bytes;
    guint depth;
  } expected[] = {
    { HUB_JSON_OBJECT, "{", 1 },     { HUB_JSON_NAME, "a", 1 },      { HUB_JSON_ARRAY, "[", 2 },
    { HUB_JSON_NUMBER, "1", 2 },     { HUB_JSON_STRING, "x\\n", 2 }, { HUB_JSON_OBJECT, "{", 3 },
    { HUB_JSON_OBJECT_END, "}", 2 }, { HUB_JSON_ARRAY_END, "]", 1 }, { HUB_JSON_NAME, "b", 1 },
    { HUB_JSON_TRUE, "true", 1 },    { HUB_JSON_NAME, "c", 1 },      { HUB_JSON_FALSE, "false", 1 },
    { HUB_JSON_NAME, "d", 1 },       { HUB_JSON_NULL, "null", 1 },   { HUB_JSON_OBJECT_END, "}", 0 },
    { HUB_JSON_END, "", 0 },         { HUB_JSON_END, "", 0 },
  };
  HubJsonReader reader;
  hub_json_reader_init (&reader, text, sizeof text - 1);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_cmpint (hub_json_reader_next (&reader), ==, expected[i].token);
    g_assert_cmpint (reader.token, ==, expected[i].token);
    g_assert_cmpuint (reader.depth, ==, expected[i].depth);
    g_autofree char *bytes = g_strndup (text + reader.start, reader.end - reader.start);
    g_assert_cmpstr (bytes, ==, expected[i].bytes);
  }
}

static void test_a_number_keeps_its_text (void) {
  static const char *const numbers[] = { "12345678901234567890", "0.10", "-0", "1e400", "1.50E-07", "1999" };
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autofree char *text = g_strdup_printf ("{\"\\u0061\":%s}", numbers[i]);
    HubJsonReader reader;
    hub_json_reader_init (&reader, text, strlen (text));
    hub_json_reader_next (&reader);
    hub_json_reader_next (&reader);
    g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_NUMBER);
    g_autofree char *number = hub_json_reader_dup_text (&reader);
    g_assert_cmpstr (number, ==, numbers[i]);
    g_assert_true (hub_json_reader_is (&reader, numbers[i]));
  }
}

static void test_skip_gives_the_bytes_of_each_value (void) {
  static const char text[] = "[ 1 , \"a\\\"b\" ,{\"x\":[1,{\"y\":\"]}\"}]}, [ ] , true,-2.5e1 , \"\"]";
  static const char *const expected[] = { "1",      "\"a\\\"b\"", "{\"x\":[1,{\"y\":\"]}\"}]}", "[ ]", "true",
                                          "-2.5e1", "\"\"" };
  HubJsonReader reader;
  hub_json_reader_init (&reader, text, sizeof text - 1);
  g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_ARRAY);
  gsize start, end;
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_true (hub_json_reader_skip (&reader, i % 2 == 0 ? &start : NULL, i % 2 == 0 ? &end : NULL));
    if (i % 2 == 0) {
      g_autofree char *bytes = g_strndup (text + start, end - start);
      g_assert_cmpstr (bytes, ==, expected[i]);
    }
    g_assert_cmpuint (reader.depth, ==, 1);
  }
  g_assert_false (hub_json_reader_skip (&reader, &start, &end));
  g_assert_cmpint (reader.token, ==, HUB_JSON_ARRAY_END);
  g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_END);
}

static void test_skip_after_a_name_leaves_the_next_name (void) {
  static const char text[] = "{\"a\":{\"b\":[1,2]},\"c\":\"d\",\"e\":3}";
  HubJsonReader reader;
  gsize start, end;
  hub_json_reader_init (&reader, text, sizeof text - 1);
  hub_json_reader_next (&reader);
  static const char *const names[] = { "a", "c", "e" }, *const values[] = { "{\"b\":[1,2]}", "\"d\"", "3" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_NAME);
    g_assert_true (hub_json_reader_is (&reader, names[i]));
    g_assert_true (hub_json_reader_skip (&reader, &start, &end));
    g_assert_true (strncmp (text + start, values[i], end - start) == 0 && strlen (values[i]) == end - start);
  }
  g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_OBJECT_END);
}

static void test_skip_checks_what_it_skips (void) {
  static const char *const broken[] = {
    "[{\"a\":01}]", "[{\"a\":\"\\q\"}]", "[{\"a\":\"\xff\"}]", "[{\"a\" 1}]",
    "[[1,]]",       "[\"\n\"]",          "[{\"a\":tru}]",      "[{]"
  };
  for (guint i = 0; i < G_N_ELEMENTS (broken); i++) {
    HubJsonReader reader;
    hub_json_reader_init (&reader, broken[i], strlen (broken[i]));
    hub_json_reader_next (&reader);
    g_assert_false (hub_json_reader_skip (&reader, NULL, NULL));
    g_assert_cmpint (reader.token, ==, HUB_JSON_ERROR);
  }
}

static void test_texts_are_decoded (void) {
  static const char *const table[][2] = {
    { "", "" },
    { "plain", "plain" },
    { "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t" },
    { "a\\nb\\n", "a\nb\n" },
    { "\\u0041\\u00e9\\u00C9\\u20ac", "Aé\xc3\x89€" },
    { "\\ud83d\\ude42", "🙂" },
    { "\\uD83D\\uDE42!", "🙂!" },
    { "x\\u0000y", "x\xef\xbf\xbdy" },
    { "\\ud83d", "\xef\xbf\xbd" },
    { "\\ude42", "\xef\xbf\xbd" },
    { "\\ud83dx", "\xef\xbf\xbdx" },
    { "\\ud83d\\n", "\xef\xbf\xbd\n" },
    { "\\ud83d\\u0041", "\xef\xbf\xbd"
                        "A" },
    { "\\ud83d\\ud83d\\ude42", "\xef\xbf\xbd🙂" },
    { "\\ude42\\ud83d", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "\\ud800\\udc00", "\xf0\x90\x80\x80" },
    { "\\udbff\\udfff", "\xf4\x8f\xbf\xbf" },
    { "\\uffff\\ud7ff\\ue000", "\xef\xbf\xbf\xed\x9f\xbf\xee\x80\x80" },
    { "\\\\u0041", "\\u0041" },
    { "=IMPORTXML(\\\"http://x\\\")", "=IMPORTXML(\"http://x\")" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autofree char *text = g_strconcat ("{\"", table[i][0], "\":\"", table[i][0], "\"}", NULL);
    g_autofree char *data = exactly (text, strlen (text));
    HubJsonReader reader;
    hub_json_reader_init (&reader, data, strlen (text));
    hub_json_reader_next (&reader);
    for (guint part = 0; part < 2; part++) {
      g_assert_cmpint (hub_json_reader_next (&reader), ==, part == 0 ? HUB_JSON_NAME : HUB_JSON_STRING);
      g_autofree char *decoded = hub_json_reader_dup_text (&reader);
      g_assert_cmpstr (decoded, ==, table[i][1]);
      g_assert_true (hub_json_reader_is (&reader, table[i][1]));
      g_assert_cmpint (reader.escaped, ==, strchr (table[i][0], '\\') != NULL);
    }
  }
}

static void test_is_compares_the_whole_text (void) {
  static const char text[] = "[\"name\",\"na\\u006de\"]";
  HubJsonReader reader;
  hub_json_reader_init (&reader, text, sizeof text - 1);
  hub_json_reader_next (&reader);
  for (guint i = 0; i < 2; i++) {
    hub_json_reader_next (&reader);
    g_assert_true (hub_json_reader_is (&reader, "name"));
    g_assert_false (hub_json_reader_is (&reader, "nam"));
    g_assert_false (hub_json_reader_is (&reader, "names"));
    g_assert_false (hub_json_reader_is (&reader, "Name"));
    g_assert_false (hub_json_reader_is (&reader, ""));
  }
}

static char *nested (const char *open, const char *middle, const char *close, guint depth) {
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < depth; i++)
    g_string_append (text, open);
  g_string_append (text, middle);
  for (guint i = 0; i < depth; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static void test_depth_is_capped (void) {
  static const char *const kinds[][3] = { { "[", "", "]" },
                                          { "{\"a\":", "1", "}" },
                                          { "[{\"a\":", "1", "}]" } };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    guint levels = i == 2 ? 2 : 1;
    g_autofree char *deep = nested (kinds[i][0], kinds[i][1], kinds[i][2], HUB_JSON_MAX_DEPTH / levels);
    g_autofree char *deeper = nested (kinds[i][0], kinds[i][1], kinds[i][2], HUB_JSON_MAX_DEPTH / levels + 1);
    g_autofree char *endless = nested (kinds[i][0], kinds[i][1], "", 100000);
    g_assert_true (accepted (deep, strlen (deep)));
    g_assert_true (walked (deep, strlen (deep)));
    const char *const refused[] = { deeper, endless };
    for (guint k = 0; k < 2; k++) {
      g_autoptr (GError) error = NULL;
      g_assert_false (validate (refused[k], strlen (refused[k]), &error));
      g_assert_true (g_str_has_suffix (error->message, "too many objects and lists inside one another"));
    }
  }
}

static void test_errors_name_the_place_and_the_problem (void) {
  static const struct {
    const char *text, *message;
  } table[] = {
    { "", "line 1, column 1: the document ends too early" },
    { "[1,\n 2", "line 2, column 3: the document ends too early" },
    { "{\"a\":\"b", "line 1, column 8: the document ends too early" },
    { "[\"\\u12", "line 1, column 7: the document ends too early" },
    { "<!DOCTYPE html>", "line 1, column 1: this looks like a web page (HTML), not JSON" },
    { "\n\n  <html>\xe9</html>", "line 3, column 3: this looks like a web page (HTML), not JSON" },
    { "\xEF\xBB\xBF{}", "line 1, column 1: the document starts with a byte order mark; save it without one" },
    { "[1,\n2,\n  é]", "line 3, column 3: a value is expected here" },
    { "[\"é🙂\", x]", "line 1, column 8: a value is expected here" },
    { "[\"é\xff\"]", "line 1, column 4: the text is not valid UTF-8" },
    { "{\"a\":1,}", "line 1, column 8: a member’s name in double quotes is expected here" },
    { "{'a':1}", "line 1, column 2: a member’s name in double quotes is expected here" },
    { "{\"a\" 1}", "line 1, column 6: “:” is expected here" },
    { "[1 2]", "line 1, column 4: a comma or a closing bracket is expected here" },
    { "{\"a\":1\n\"b\":2}", "line 2, column 1: a comma or a closing bracket is expected here" },
    { "[01]", "line 1, column 3: a comma or a closing bracket is expected here" },
    { "[1.x]", "line 1, column 4: a digit is expected here" },
    { "[-x]", "line 1, column 3: a digit is expected here" },
    { "[nulx]", "line 1, column 5: a value is expected here" },
    { "[\"a\nb\"]", "line 1, column 4: a line break or control character in a text must be escaped" },
    { "[\"C:\\Temp\"]", "line 1, column 6: no such escape; a backslash itself is written “\\\\”" },
    { "[\"\\u12x4\"]", "line 1, column 4: “\\u” needs four hexadecimal digits" },
    { "{}\n[]", "line 2, column 1: something follows behind the end of the document" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (validate (table[i].text, strlen (table[i].text), &error));
    g_assert_error (error, HUB_ERROR, HUB_ERROR_INVALID);
    g_assert_cmpstr (error->message, ==, table[i].message);
  }
}

static void test_an_error_is_final (void) {
  static const char text[] = "[1,x,2]";
  HubJsonReader reader;
  g_autoptr (GError) first = NULL;
  g_autoptr (GError) second = NULL;
  hub_json_reader_init (&reader, text, sizeof text - 1);
  hub_json_reader_next (&reader);
  hub_json_reader_next (&reader);
  g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_ERROR);
  g_assert_false (hub_json_reader_get_error (&reader, &first));
  g_assert_cmpint (hub_json_reader_next (&reader), ==, HUB_JSON_ERROR);
  g_assert_false (hub_json_reader_skip (&reader, NULL, NULL));
  g_assert_false (hub_json_reader_get_error (&reader, &second));
  g_assert_cmpstr (first->message, ==, second->message);
}

static void test_a_caller_that_expects_something_else_gets_the_place (void) {
  static const char text[] = "{\"data\": 7}";
  HubJsonReader reader;
  g_autoptr (GError) error = NULL;
  hub_json_reader_init (&reader, text, sizeof text - 1);
  for (guint i = 0; i < 3; i++)
    hub_json_reader_next (&reader);
  g_assert_false (hub_json_reader_get_error (&reader, &error));
  g_assert_cmpstr (error->message, ==, "line 1, column 11: something else is expected here");
}

int main (int argc, char **argv) {
  g_test_init (&argc, &argv, NULL);
#define ADD(name) g_test_add_func ("/json-reader/" #name, test_##name)
  ADD (accepts_and_refuses_what_the_standard_says);
  ADD (a_case_holds_inside_longer_documents_too);
  ADD (every_prefix_of_a_document_is_refused);
  ADD (a_cut_document_is_said_to_end_too_early);
  ADD (a_changed_byte_never_crashes);
  ADD (a_text_ends_where_it_ends_at_every_alignment);
  ADD (tokens_come_in_order_with_their_bytes);
  ADD (a_number_keeps_its_text);
  ADD (skip_gives_the_bytes_of_each_value);
  ADD (skip_after_a_name_leaves_the_next_name);
  ADD (skip_checks_what_it_skips);
  ADD (texts_are_decoded);
  ADD (is_compares_the_whole_text);
  ADD (depth_is_capped);
  ADD (errors_name_the_place_and_the_problem);
  ADD (an_error_is_final);
  ADD (a_caller_that_expects_something_else_gets_the_place);
  return g_test_run ();
}
