#include <glib.h>

#include "models/guest/tcp_internal.h"

static void
fire_retransmit(struct tcp_conn *conn)
{
    bool is_syn =
        conn->state == TCP_SYN_SENT || conn->state == TCP_SYN_RECEIVED;

    if (++conn->n_backoffs > (is_syn ? TCP_R2_SYN : TCP_R2)) {
        tcp_end(conn, TCP_END_TIMEOUT);
        return;
    }
    conn->stats.timeouts++;
    if (is_syn) {
        conn->rtt_running = false;
        conn->stats.rto = MIN(2 * conn->stats.rto, TCP_RTO_MAX);
        tcp_send_syn(conn);
    } else {
        tcp_recovery_timeout(conn);
    }
}

static void
fire_persist(struct tcp_conn *conn)
{
    if (++conn->n_backoffs > TCP_R2) {
        tcp_end(conn, TCP_END_TIMEOUT);
    } else {
        tcp_probe(conn);
    }
}

static void
fire_one(struct tcp_conn *conn, enum tcp_timer timer)
{
    switch (timer) {
    case TCP_TIMER_RETRANSMIT: fire_retransmit(conn); break;
    case TCP_TIMER_PERSIST: fire_persist(conn); break;
    case TCP_TIMER_DELAYED_ACK: conn->ack_now = true; break;
    case TCP_TIMER_TIME_WAIT: tcp_end(conn, TCP_END_CLOSED); break;
    case TCP_N_TIMERS: break;
    }
}

/* Makes the event fire at the first deadline. */
static void
wait_for_next(struct tcp_conn *conn)
{
    sim_time next = SIM_NEVER;

    for (int i = 0; i < TCP_N_TIMERS; i++) {
        next = MIN(next, conn->deadline[i]);
    }
    if (event_is_scheduled(&conn->timer)) {
        if (conn->timer.when <= next) {
            return;
        }
        event_cancel(tcp_node(conn)->sim, &conn->timer);
    }
    if (next != SIM_NEVER) {
        event_schedule_at(tcp_node(conn)->sim, &conn->timer, next);
    }
}

static void
fire(struct event *event)
{
    struct tcp_conn *conn =
        (struct tcp_conn *) (void *) ((char *) event
                                      - offsetof(struct tcp_conn, timer));
    struct guest *guest = conn->stack->guest;
    sim_time now = tcp_now(conn);

    if (!guest_begin(guest, event)) {
        return;
    }
    tcp_enter(conn);
    for (int i = 0; i < TCP_N_TIMERS; i++) {
        if (conn->deadline[i] <= now) {
            conn->deadline[i] = SIM_NEVER;
            fire_one(conn, (enum tcp_timer) i);
        }
    }
    wait_for_next(conn);
    tcp_leave(conn);
    guest_flush(guest);
}

void
tcp_timers_init(struct tcp_conn *conn)
{
    event_init(&conn->timer, fire,
               node_next_rank(guest_node(conn->stack->guest)));
    for (int i = 0; i < TCP_N_TIMERS; i++) {
        conn->deadline[i] = SIM_NEVER;
    }
}

/* Sets 'timer' to fire after 'delay', whatever it was set to. */
void
tcp_timer_set(struct tcp_conn *conn, enum tcp_timer timer, sim_time delay)
{
    struct sim *sim = tcp_node(conn)->sim;
    sim_time when = sim_now(sim) + delay;

    conn->deadline[timer] = when;
    if (event_is_scheduled(&conn->timer)) {
        if (conn->timer.when <= when) {
            return; /* It will go on from there. */
        }
        event_cancel(sim, &conn->timer);
    }
    event_schedule_at(sim, &conn->timer, when);
}

void
tcp_timer_clear(struct tcp_conn *conn, enum tcp_timer timer)
{
    conn->deadline[timer] = SIM_NEVER;
}

bool
tcp_timer_is_set(const struct tcp_conn *conn, enum tcp_timer timer)
{
    return conn->deadline[timer] != SIM_NEVER;
}

void
tcp_timers_clear(struct tcp_conn *conn)
{
    for (int i = 0; i < TCP_N_TIMERS; i++) {
        conn->deadline[i] = SIM_NEVER;
    }
    event_cancel(tcp_node(conn)->sim, &conn->timer);
}
