// restantectl top: the running server each second, until q is typed.
#include <poll.h>
#include <unistd.h>

#include "restantectl/commands.h"
#include "restantectl/control/control_client.h"
#include "restantectl/control/full_screen.h"
#include "restantectl/control/top_meter.h"
#include "restantectl/control/top_screen.h"

namespace restante::ctl {
namespace {

constexpr auto kBetweenLooks = std::chrono::seconds(1);
// More than a screen has, so that an account that begins to move is among them.
constexpr std::uint64_t kAskedFor = 500;
constexpr std::size_t kShown = 100;

/// Nothing: it failed.
std::optional<NoAnswer> look(const Office& office, TopMeter& meter) {
  control::Request request;
  request.verb = control::Verb::kTop;
  request.limit = kAskedFor;
  const auto answer = ask_server(office.config().data_dir, request);
  if (!answer) return answer.error();
  meter.take(*answer);
  return std::nullopt;
}

/// Without a terminal: one table, of a second.
Exit print_once(const Office& office) {
  TopMeter meter;
  for (int looks = 0; looks < 2; ++looks) {
    if (looks != 0) ::poll(nullptr, 0, std::chrono::milliseconds(kBetweenLooks).count());
    if (const auto failed = look(office, meter)) return fail(failed->exit, failed->message);
  }
  const TopFrame frame = meter.frame(kShown);
  if (office.out().json()) {
    office.out().print(to_object(frame));
    return Exit::kOk;
  }
  for (const std::string& line : top_lines(frame, {SIZE_MAX, SIZE_MAX})) office.out().line(line);
  return Exit::kOk;
}

Exit watch(const Office& office) {
  TopMeter meter;
  std::optional<NoAnswer> failed = look(office, meter);
  if (failed) return fail(failed->exit, failed->message);
  {
    auto screen = FullScreen::open();
    if (!screen) return print_once(office);
    auto next = std::chrono::steady_clock::now() + kBetweenLooks;
    for (;;) {
      if (!screen->show(repaint(top_lines(meter.frame(kShown), FullScreen::size())))) break;
      const auto event = screen->wait(next);
      if (event == FullScreen::Event::kEnd) break;
      if (event == FullScreen::Event::kRedraw) continue;
      failed = look(office, meter);
      if (failed) break;
      // A server that answers late is not asked the faster for it.
      next = std::chrono::steady_clock::now() + kBetweenLooks;
    }
  }
  // The terminal is as it was: now it can be said.
  return failed ? fail(failed->exit, failed->message) : Exit::kOk;
}

}  // namespace

void add_top_command(CLI::App& app, Chosen& chosen) {
  add_command(
      app, chosen,
      {"top", "Sessions, rates and the busiest accounts, each second; q ends it",
       "  restantectl top\n"
       "  restantectl top | cat  # once"},
      [](Office& office) {
        const bool is_terminal =
            office.out().text() && ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
        return is_terminal ? watch(office) : print_once(office);
      },
      Enters::kAsksServer);
}

}  // namespace restante::ctl
