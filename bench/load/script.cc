#include "load/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>

#include "base/numbers.h"

namespace restante::load {
namespace {

using Options = ScriptOptions;

constexpr std::string_view kQuit = "QUIT\r\n";

void add(Script& script, std::string_view text, Expect reply) {
  script.steps.push_back({std::string(text), {reply}});
}

/// Steps before and behind the measured work.
void add_talk(Script& script, std::string_view text, Expect reply) {
  script.steps.push_back({std::string(text), {reply}, false});
}

Script logged_in() {
  Script script;
  script.logs_in = true;
  add_talk(script, "", Expect::kStatus);
  add_talk(script, "USER {user}\r\n", Expect::kStatus);
  add_talk(script, "PASS {password}\r\n", Expect::kStatus);
  return script;
}

/// The same command for each message, `window` of them in flight.
void for_each_message(Script& script, std::string_view verb, Expect reply, const Options& options,
                      std::uint32_t window) {
  for (std::uint32_t first = 1; first <= options.messages; first += window) {
    Step step;
    const std::uint32_t last = std::min(options.messages, first + window - 1);
    for (std::uint32_t number = first; number <= last; ++number) {
      step.text += fmt::format("{} {}\r\n", verb, number);
      step.replies.push_back(reply);
    }
    script.steps.push_back(std::move(step));
  }
}

Script poll(const Options& /*options*/) {
  Script script = logged_in();
  add(script, "STAT\r\n", Expect::kStatus);
  add_talk(script, kQuit, Expect::kStatus);
  return script;
}

Script poll_uidl(const Options& /*options*/) {
  Script script = logged_in();
  add(script, "STAT\r\n", Expect::kStatus);
  add(script, "UIDL\r\n", Expect::kList);
  add(script, "LIST\r\n", Expect::kList);
  add_talk(script, kQuit, Expect::kStatus);
  return script;
}

Script stat_uidl(const Options& /*options*/) {
  Script script = logged_in();
  add(script, "STAT\r\n", Expect::kStatus);
  add(script, "UIDL\r\n", Expect::kList);
  add_talk(script, kQuit, Expect::kStatus);
  return script;
}

Script fetch(const Options& options) {
  Script script = logged_in();
  for_each_message(script, "RETR", Expect::kMessage, options, 1);
  add_talk(script, kQuit, Expect::kStatus);
  return script;
}

Script fetch_pipelined(const Options& options) {
  Script script = logged_in();
  for_each_message(script, "RETR", Expect::kMessage, options, options.window);
  add_talk(script, kQuit, Expect::kStatus);
  return script;
}

Script drain(const Options& options) {
  Script script = logged_in();
  for_each_message(script, "RETR", Expect::kMessage, options, 1);
  for_each_message(script, "DELE", Expect::kStatus, options, 1);
  add(script, kQuit, Expect::kStatus);
  return script;
}

Script idle(const Options& /*options*/) {
  Script script = logged_in();
  script.holds = true;
  return script;
}

Script handshake(const Options& /*options*/) {
  Script script;
  add_talk(script, "", Expect::kStatus);
  add_talk(script, kQuit, Expect::kStatus);
  return script;
}

Script deliver(const Options& options) {
  Script script;
  add_talk(script, "", Expect::kSmtp2);
  add_talk(script, "LHLO load.example.test\r\n", Expect::kSmtp2);
  const std::string message = make_message(options.message_bytes) + ".\r\n";
  // At once, as MTAs send it to a server that announces PIPELINING (RFC 2920).
  Step envelope{"MAIL FROM:<load@example.test>\r\n", {Expect::kSmtp2}, false};
  for (std::uint32_t r = 0; r < options.recipients; ++r) {
    envelope.text += r == 0 ? "RCPT TO:<{user}>\r\n" : fmt::format("RCPT TO:<{{user+{}}}>\r\n", r);
    envelope.replies.push_back(Expect::kSmtp2);
  }
  envelope.text += "DATA\r\n";
  envelope.replies.push_back(Expect::kSmtp3);
  for (std::uint32_t i = 0; i < options.deliveries; ++i) {
    script.steps.push_back(envelope);
    script.steps.push_back(
        {message, std::vector<Expect>(options.recipients, Expect::kSmtp2), true});
  }
  add_talk(script, kQuit, Expect::kSmtp2);
  return script;
}

using Maker = Script (*)(const Options&);

const std::map<std::string, Maker, std::less<>>& makers() {
  static const std::map<std::string, Maker, std::less<>> all = {
      {"poll", poll},   {"poll-uidl", poll_uidl}, {"stat-uidl", stat_uidl},
      {"fetch", fetch}, {"drain", drain},         {"fetch-pipelined", fetch_pipelined},
      {"idle", idle},   {"handshake", handshake}, {"deliver", deliver},
  };
  return all;
}

}  // namespace

std::vector<std::string> workload_names() {
  std::vector<std::string> names;
  std::ranges::transform(makers(), std::back_inserter(names),
                         [](const auto& one) { return one.first; });
  return names;
}

Result<Script> make_script(const ScriptOptions& options) {
  const auto found = makers().find(options.workload);
  if (found == makers().end()) return Error(Errc::kNotFound, "no such workload");
  return found->second(options);
}

std::string make_message(std::uint64_t bytes) {
  std::string body;
  constexpr std::string_view kLine =
      "The quick brown fox jumps over the lazy dog, and is measured while at it.\r\n";
  while (body.size() + kLine.size() < bytes) body += kLine;
  if (body.empty()) body = "x\r\n";
  return fmt::format(
             "From: load@example.test\r\nTo: load@example.test\r\nSubject: measured\r\n"
             "X-Load-Sum: {:016x}\r\n\r\n",
             checksum(as_bytes(body))) +
         body;
}

Step expand(const Step& step, std::uint32_t messages) {
  constexpr std::string_view kPlace = "{number}";
  const std::size_t at = step.text.find(kPlace);
  Step all{{}, {}, step.is_work};
  for (std::uint32_t number = 1; number <= messages; ++number) {
    std::string one = step.text;
    all.text += one.replace(at, kPlace.size(), std::to_string(number));
    all.replies.insert(all.replies.end(), step.replies.begin(), step.replies.end());
  }
  return all;
}

std::string fill_in(std::string_view text, const std::vector<Account>& accounts,
                    std::size_t index) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = text.find('}', open);
    if (close == std::string_view::npos) break;
    out += text.substr(0, open);
    std::string_view name = text.substr(open + 1, close - open - 1);
    text.remove_prefix(close + 1);
    if (name == "password") {
      out += accounts[index].password;
      continue;
    }
    name.remove_prefix(std::min(name.size(), std::string_view("user+").size()));
    const std::size_t behind = parse_decimal<std::uint32_t>(name).value_or(0);
    out += accounts[(index + behind) % accounts.size()].user;
  }
  return out.append(text);
}

}  // namespace restante::load
