#include "models/wire/eth.h"

/* Writes 'addr' into 'buf' as "00:15:5d:01:0a:01". */
void
eth_addr_format(struct eth_addr addr, char buf[ETH_ADDR_STRLEN])
{
    static const char digits[] = "0123456789abcdef";

    for (int i = 0; i < ETH_ALEN; i++) {
        *buf++ = digits[addr.octets[i] >> 4];
        *buf++ = digits[addr.octets[i] & 0xf];
        *buf++ = i < ETH_ALEN - 1 ? ':' : '\0';
    }
}

/* Returns the value of a hexadecimal digit, or -1. */
static int
hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

/* Reads "00:15:5d:01:0a:01", "00-15-5D-01-0A-01" or "00155D010A01" into
 * '*addr'.  Returns false, with '*addr' untouched, if 'text' is anything
 * else. */
bool
eth_addr_parse(const char *text, struct eth_addr *addr)
{
    struct eth_addr result;
    size_t length = strlen(text);
    size_t step = length == 17 ? 3 : 2;

    if (length != 17 && length != 12) {
        return false;
    }
    if (step == 3 && text[2] != ':' && text[2] != '-') {
        return false;
    }
    for (size_t i = 0; i < ETH_ALEN; i++) {
        int high = hex_digit(text[step * i]);
        int low = hex_digit(text[step * i + 1]);

        if (high < 0 || low < 0
            || (step == 3 && i > 0 && text[step * i - 1] != text[2])) {
            return false;
        }
        result.octets[i] = (uint8_t) (high << 4 | low);
    }
    *addr = result;
    return true;
}
