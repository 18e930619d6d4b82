/* paca: the program. */

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "scenarios/suggest.h"

static const struct command commands[] = {
    { "run", "FILE", "check a scenario, run it, judge it",
      "FILE is a scenario, or the name of a bundled one ('paca list').\n"
      "\n"
      "Example:\n"
      "  paca run blue-red --set datapath=nvgre --out /tmp/blue-red\n",
      command_run },
    { "check", "FILE...", "everything short of running",
      "Says all that is wrong with the scenarios, with places and help.\n"
      "\n"
      "Example:\n"
      "  paca check my.yaml && paca run my.yaml\n",
      command_check },
    { "walk", "FILE-or-RUNDIR", "what happened to a packet, step by step",
      "Every lookup, header change and hand-over of a workload's packets, or\n"
      "why they were dropped.  A run directory is run again, as it was.\n"
      "\n"
      "Example:\n"
      "  paca walk blue-red --flow blue-q --packet 1\n",
      command_walk },
    { "show", "FILE topology|addresses|policy|resolved",
      "what a scenario expands to",
      "Prints the nodes and links, the addresses of hosts and VMs, the\n"
      "records that each host knows, or the whole scenario without\n"
      "parameters and counts.\n"
      "\n"
      "Example:\n"
      "  paca show blue-red policy\n",
      command_show },
    { "list", "", "bundled scenarios",
      "Example:\n"
      "  paca list\n",
      command_list },
    { "explain", "CODE", "what a diagnostic means",
      "Example:\n"
      "  paca explain E060\n",
      command_explain },
    { "kinds", "[NAME]", "manual of kinds, keys, metrics and fates",
      "Without a name: the list of pages.\n"
      "\n"
      "Example:\n"
      "  paca kinds tcp_rr\n",
      command_kinds },
};

static void
print_help(FILE *out)
{
    fputs(
        "Usage: paca COMMAND [OPTION...] [ARGUMENT...]\n"
        "\n"
        "Simulates data-centre networks packet by packet: VLANs, IP rewrite\n"
        "and NVGRE over one scenario.\n"
        "\n"
        "Commands:\n",
        out);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        fprintf(out, "  %-8s %-40s %s\n", commands[i].name,
                commands[i].arguments, commands[i].help);
    }
    fputs("\n"
          "'paca COMMAND --help' says more; 'paca --version' the version.\n"
          "Start with: paca run blue-red\n",
          out);
}

static int
refuse_command(const char *name)
{
    const char *names[G_N_ELEMENTS(commands)];
    const char *nearest;

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        names[i] = commands[i].name;
    }
    nearest = suggest_nearest(name, names, G_N_ELEMENTS(commands));
    fprintf(stderr, "paca: there is no command '%s'%s%s%s\n", name,
            nearest ? "; did you mean '" : "", nearest ? nearest : "",
            nearest ? "'?" : "");
    fputs("'paca --help' lists the commands\n", stderr);
    return EXIT_USAGE;
}

/* Output that cannot be written is an error like any other. */
static int
flush_output(int code)
{
    if (fflush(stdout) || ferror(stdout)) {
        perror("paca: cannot write the output");
        return code == EXIT_PASSED ? EXIT_IO : code;
    }
    return code;
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")
        || !strcmp(argv[1], "help")) {
        print_help(stdout);
        return flush_output(EXIT_PASSED);
    }
    if (!strcmp(argv[1], "--version")) {
        puts("paca " PACKAGE_VERSION);
        return flush_output(EXIT_PASSED);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (!strcmp(argv[1], commands[i].name)) {
            return flush_output(
                commands[i].main(&commands[i], argc - 1, argv + 1));
        }
    }
    return refuse_command(argv[1]);
}
