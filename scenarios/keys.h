/* Keys of a map, described by tables.
 *
 * A table says which keys an object of a scenario has, of what type, and what
 * they are for.  The reader, the manual ("paca kinds") and the JSON Schema all
 * come from the same tables.  key_reader.h reads with them:
 *
 *     static const struct key_spec link_keys[] = {
 *         { "ends", KEY_NAME, .shape = KEY_LIST, .n_min = 2, .n_max = 2,
 *           .required = true, .help = "the two ports it joins" },
 *         { "rate", KEY_RATE, .required = true, .min = 1,
 *           .help = "line rate" },
 *         { "delay", KEY_TIME, .fallback = "1us", .help = "propagation" },
 *         { "parallel", KEY_INT, .later = true, .help = "links in one" },
 *         { NULL },
 *     };
 *     static const struct key_table link_table = {
 *         "link", "A cable between two ports.", link_keys, NULL
 *     };
 *
 * A table may stand on another ('base'), as all workloads share some keys.  Own
 * rows come first and hide those of the base. */

#ifndef SCENARIOS_KEYS_H
#define SCENARIOS_KEYS_H 1

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a key's value is.  A scalar's $(...) are evaluated first, but for
 * KEY_CONDITION and KEY_NODE. */
enum key_type {
    KEY_TEXT,       /* Anything, as text. */
    KEY_NAME,       /* Name of one new thing: letters, digits, '-', '_'. */
    KEY_REF,        /* Path of a thing: hv1, hv1:eth0, blue/web, a:x--b:y. */
    KEY_GLOB,       /* The same with * ? [1-4], or a set: all-hosts. */
    KEY_BOOL,       /* true or false. */
    KEY_INT,        /* min <= it <= max. */
    KEY_NUMBER,     /* Integer or decimal. */
    KEY_TIME,       /* ps. */
    KEY_BYTES,      /* Bytes. */
    KEY_RATE,       /* bit/s. */
    KEY_BYTE_RATE,  /* B/s. */
    KEY_PERCENT,    /* 0% to 100%, unless min or max say otherwise. */
    KEY_PER_SECOND, /* 200/s. */
    KEY_WORD,       /* One of 'words'. */
    KEY_IP,         /* 10.1.1.2, fd00::2. */
    KEY_PREFIX,     /* 10.1.1.0/24: no bits behind the length. */
    KEY_IP_PREFIX,  /* 10.1.1.2/24: an interface's address. */
    KEY_MAC,        /* 00-15-5D-01-0A-01. */
    KEY_FILE,       /* A file's name, from the scenario's folder. */
    KEY_VALUE,      /* Any scalar, with the type it has by its look. */
    KEY_CONDITION,  /* A bare expression that is true or false. */
    KEY_OBJECT,     /* A map with the keys of 'table'. */
    KEY_NODE,       /* Anything; the caller reads the node. */
};

/* One value of the type, or many. */
enum key_shape {
    KEY_ONE,
    KEY_LIST,        /* [a, b] */
    KEY_ONE_OR_LIST, /* a, which is [a]. */
    KEY_NAMED,       /* {name: a, other: b}: names are the user's. */
};

struct key_spec {
    const char *name;
    enum key_type type;
    enum key_shape shape;
    bool required;
    bool later; /* Known, but belongs to a later version: refused. */

    /* Quantities: in base units (for KEY_PERCENT, percent).  max 0 is none.
     * Nothing is negative, unless min is. */
    int64_t min, max;

    size_t n_min, n_max; /* Members of a list or map; n_max 0: any number. */

    /* Up to a null.  KEY_WORD: those allowed.  Other types: words that may
     * stand in place of a value, as "auto" or "none". */
    const char *const *words;
    const char *const *later_words; /* Known, refused. */

    const struct key_table *table; /* KEY_OBJECT. */
    const char *fallback;          /* The value if absent, as text, or null. */
    const char *help;              /* A few words, for the manual. */
};

struct key_table {
    const char *name;            /* Of what it describes: "link". */
    const char *help;            /* A sentence or some. */
    const struct key_spec *keys; /* Up to a row without name. */
    const struct key_table *base;
};

const struct key_spec *key_table_find(const struct key_table *, const char *);
size_t key_table_n(const struct key_table *);
const struct key_spec *key_table_at(const struct key_table *, size_t index);
const char *key_type_name(enum key_type); /* "a time". */
const char *key_type_examples(enum key_type);
bool key_table_is_sound(const struct key_table *, char **why);

#endif /* scenarios/keys.h */
