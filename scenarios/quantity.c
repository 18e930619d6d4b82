/* The arithmetic of quantities.  Fractions are kept without common divisors;
 * products are taken in 128 bits and must come back to 64. */

#include "scenarios/units.h"

#define PS_PER_S INT64_C(1000000000000)

__extension__ typedef __int128 wide;

/* What dimension comes of two, and the factor between the base units:
 * result = (a op b) * num / den. */
struct dim_rule {
    enum dim a, b, result;
    int64_t num, den;
};

static const struct dim_rule products[] = {
    { DIM_PERCENT, DIM_PERCENT, DIM_PERCENT, 1, 100 },
    { DIM_RATE, DIM_TIME, DIM_BYTES, 1, 8 * PS_PER_S },
    { DIM_BYTE_RATE, DIM_TIME, DIM_BYTES, 1, PS_PER_S },
    { DIM_PER_SECOND, DIM_TIME, DIM_NUMBER, 1, PS_PER_S },
    { DIM_PER_SECOND, DIM_BYTES, DIM_BYTE_RATE, 1, 1 },
};

static const struct dim_rule quotients[] = {
    { DIM_BYTES, DIM_TIME, DIM_BYTE_RATE, PS_PER_S, 1 },
    { DIM_BYTES, DIM_RATE, DIM_TIME, 8 * PS_PER_S, 1 },
    { DIM_BYTES, DIM_BYTE_RATE, DIM_TIME, PS_PER_S, 1 },
    { DIM_NUMBER, DIM_TIME, DIM_PER_SECOND, PS_PER_S, 1 },
    { DIM_NUMBER, DIM_PER_SECOND, DIM_TIME, PS_PER_S, 1 },
    { DIM_BYTE_RATE, DIM_BYTES, DIM_PER_SECOND, 1, 1 },
    { DIM_BYTE_RATE, DIM_PER_SECOND, DIM_BYTES, 1, 1 },
};

static bool
find_product(enum dim a, enum dim b, struct dim_rule *rule)
{
    for (size_t i = 0; i < G_N_ELEMENTS(products); i++) {
        if ((products[i].a == a && products[i].b == b)
            || (products[i].a == b && products[i].b == a)) {
            *rule = products[i];
            return true;
        }
    }
    *rule = (struct dim_rule){ .num = 1, .den = 1 };
    if (a == DIM_PERCENT || b == DIM_PERCENT) {
        rule->result = a == DIM_PERCENT ? b : a;
        rule->den = 100;
        return true;
    }
    rule->result = a == DIM_NUMBER ? b : a;
    return a == DIM_NUMBER || b == DIM_NUMBER;
}

static bool
find_quotient(enum dim a, enum dim b, struct dim_rule *rule)
{
    for (size_t i = 0; i < G_N_ELEMENTS(quotients); i++) {
        if (quotients[i].a == a && quotients[i].b == b) {
            *rule = quotients[i];
            return true;
        }
    }
    *rule = (struct dim_rule){ .num = 1, .den = 1 };
    rule->result = a == b ? DIM_NUMBER : a;
    if (b == DIM_PERCENT && a != b) {
        rule->num = 100;
    }
    return a == b || b == DIM_NUMBER || b == DIM_PERCENT;
}

/* Whether, and to what, two dimensions multiply.  A number or a percentage
 * times anything is that thing; 5% times 20 is 1. */
bool
dims_multiply(enum dim a, enum dim b, enum dim *result)
{
    struct dim_rule rule;
    bool found = find_product(a, b, &rule);

    *result = rule.result;
    return found;
}

bool
dims_divide(enum dim a, enum dim b, enum dim *result)
{
    struct dim_rule rule;
    bool found = find_quotient(a, b, &rule);

    *result = rule.result;
    return found;
}

static wide
wide_gcd(wide a, wide b)
{
    a = a < 0 ? -a : a;
    b = b < 0 ? -b : b;
    while (b != 0) {
        wide rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* Stores num / den, den not 0, if it fits when reduced. */
static bool
store(wide num, wide den, enum dim dim, struct quantity *q)
{
    wide divisor = wide_gcd(num, den);

    divisor = den < 0 ? -divisor : divisor;
    num /= divisor;
    den /= divisor;
    if (num > INT64_MAX || num < -INT64_MAX || den > INT64_MAX) {
        return false;
    }
    *q = (struct quantity){ dim, (int64_t) num, (int64_t) den };
    return true;
}

/* Returns 'n' base units of 'dim'; 'n' is above INT64_MIN. */
struct quantity
quantity_int(int64_t n, enum dim dim)
{
    return (struct quantity){ dim, n, 1 };
}

/* a + b, of one dimension. */
bool
quantity_add(struct quantity a, struct quantity b, struct quantity *sum)
{
    g_assert(a.dim == b.dim);
    return store((wide) a.num * b.den + (wide) b.num * a.den,
                 (wide) a.den * b.den, a.dim, sum);
}

bool
quantity_subtract(struct quantity a, struct quantity b,
                  struct quantity *difference)
{
    b.num = -b.num;
    return quantity_add(a, b, difference);
}

static bool
scale(struct quantity *q, int64_t num, int64_t den)
{
    return store((wide) q->num * num, q->den, q->dim, q)
           && store(q->num, (wide) q->den * den, q->dim, q);
}

/* a * b, of dimensions that dims_multiply(). */
bool
quantity_multiply(struct quantity a, struct quantity b,
                  struct quantity *product)
{
    struct dim_rule rule;

    /* The factor first, which divides: rates times times are large. */
    return find_product(a.dim, b.dim, &rule) && scale(&a, rule.num, rule.den)
           && store((wide) a.num * b.num, (wide) a.den * b.den, rule.result,
                    product);
}

/* a / b, of dimensions that dims_divide(); false if 'b' is 0 too. */
bool
quantity_divide(struct quantity a, struct quantity b,
                struct quantity *quotient)
{
    struct dim_rule rule;
    struct quantity q;

    /* The factor last, which multiplies. */
    if (!find_quotient(a.dim, b.dim, &rule) || b.num == 0
        || !store((wide) a.num * b.den, (wide) a.den * b.num, rule.result, &q)
        || !store((wide) q.num * rule.num, (wide) q.den * rule.den, q.dim,
                  &q)) {
        return false;
    }
    *quotient = q;
    return true;
}

/* a - b * floor(a / b), of one dimension: the sign is that of 'b'.  False if
 * 'b' is 0 too. */
bool
quantity_modulo(struct quantity a, struct quantity b, struct quantity *rest)
{
    enum dim dim = a.dim;
    struct quantity n, product;

    g_assert(a.dim == b.dim);
    a.dim = b.dim = DIM_NUMBER;
    if (!quantity_divide(a, b, &n)
        || !quantity_multiply(quantity_floor(n), b, &product)
        || !quantity_subtract(a, product, rest)) {
        return false;
    }
    rest->dim = dim;
    return true;
}

/* The largest whole number of base units that is not above 'q'. */
struct quantity
quantity_floor(struct quantity q)
{
    int64_t n = q.num / q.den;

    return quantity_int(q.num % q.den < 0 ? n - 1 : n, q.dim);
}

struct quantity
quantity_ceil(struct quantity q)
{
    int64_t n = q.num / q.den;

    return quantity_int(q.num % q.den > 0 ? n + 1 : n, q.dim);
}

/* Below, at or above 0 as a < b, a == b or a > b, of one dimension. */
int
quantity_compare(struct quantity a, struct quantity b)
{
    wide left = (wide) a.num * b.den, right = (wide) b.num * a.den;

    g_assert(a.dim == b.dim);
    return (left > right) - (left < right);
}

/* Rounds 'q' to whole base units, halves away from 0, into '*n'.  Returns
 * whether it was whole. */
bool
quantity_to_int(struct quantity q, int64_t *n)
{
    wide num = q.num;

    *n = (int64_t) ((2 * num + (num < 0 ? -q.den : q.den))
                    / (2 * (wide) q.den));
    return q.den == 1;
}

double
quantity_to_double(struct quantity q)
{
    return (double) q.num / (double) q.den;
}
