// load: clients by the thousand that check every answer. What ./dev bench measures with; it prints
// one line of JSON. --help says what it can do.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fstream>
#include <iostream>

#include "load/isp.h"
#include "load/runner.h"

namespace {

using namespace restante;
using namespace restante::load;

struct Arguments {
  ScriptOptions script;
  RunOptions run;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string accounts;
  std::string tls = "none";
  double seconds = 0;
  double rate = 0;
  double patience = 60;
  bool print_message = false;
};

Result<std::vector<Script>> make_scripts(const ScriptOptions& options) {
  if (options.workload == "isp-deliver") return make_isp_deliveries();
  if (options.workload == "isp-check") return std::vector{make_isp_check()};
  RESTANTE_TRY(Script script, make_script(options));
  return std::vector{std::move(script)};
}

std::vector<std::string> names_of_workloads() {
  std::vector<std::string> names = workload_names();
  names.insert(names.end(), {"isp-check", "isp-deliver"});
  return names;
}

/// Lines "name password".
std::vector<Account> read_accounts(const std::string& path) {
  std::vector<Account> accounts;
  std::ifstream file(path);
  for (Account one; file >> one.user >> one.password;) accounts.push_back(one);
  return accounts;
}

double in_microseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

boost::json::object times(const Histogram& histogram) {
  return {{"count", histogram.count()},
          {"p50", in_microseconds(histogram.percentile(0.5))},
          {"p95", in_microseconds(histogram.percentile(0.95))},
          {"p99", in_microseconds(histogram.percentile(0.99))},
          {"p999", in_microseconds(histogram.percentile(0.999))},
          {"max", in_microseconds(histogram.max())}};
}

void print(const Report& report) {
  boost::json::array complaints;
  for (const std::string& one : report.complaints) complaints.emplace_back(one);
  const boost::json::object all = {
      {"sessions", report.sessions},
      {"failed", report.failed},
      {"resumed", report.resumed},
      {"octets", report.octets},
      {"seconds", std::chrono::duration<double>(report.elapsed).count()},
      {"session_us", times(report.session_time)},
      {"step_us", times(report.step_time)},
      {"complaints", std::move(complaints)}};
  std::cout << boost::json::serialize(all) << std::endl;
}

/// The program that measures the server says when to go on, by closing our standard input.
void wait_for_end_of_input() {
  std::cout << "holding" << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) {
  }
}

void describe(CLI::App& app, Arguments& arguments) {
  app.add_option("--workload", arguments.script.workload, "What each session does")
      ->check(CLI::IsMember(names_of_workloads()));
  app.add_option("--host", arguments.host, "The server's IP address");
  app.add_option("--port", arguments.port, "The server's port");
  app.add_option("--accounts", arguments.accounts, "A file of lines: name password")
      ->check(CLI::ExistingFile);
  app.add_option("--tls", arguments.tls, "none, full (a handshake each) or resumed")
      ->check(CLI::IsMember({"none", "full", "resumed"}));
  app.add_option("--connections", arguments.run.connections, "Sessions side by side, at most");
  app.add_option("--sources", arguments.run.target.sources, "Addresses of 127/8 to come from");
  app.add_option("--sessions", arguments.run.sessions, "How many in all");
  app.add_option("--seconds", arguments.seconds, "Or for how long");
  app.add_option("--rate", arguments.rate, "Sessions a second, however slow the server is");
  app.add_option("--patience", arguments.patience, "Seconds to wait for one answer");
  app.add_option("--messages", arguments.script.messages, "Messages in each maildrop");
  app.add_option("--message-bytes", arguments.script.message_bytes, "The size of a delivery");
  app.add_option("--recipients", arguments.script.recipients, "Of a delivery");
  app.add_option("--deliveries", arguments.script.deliveries, "Mails in a session of deliver");
  app.add_option("--window", arguments.script.window, "Commands in flight, where pipelined");
  app.add_flag("--print-message", arguments.print_message, "Print a mail and do nothing else");
}

int run(Arguments& arguments) {
  if (arguments.print_message) {
    std::cout << make_message(arguments.script.message_bytes);
    return 0;
  }
  arguments.run.accounts = read_accounts(arguments.accounts);
  auto address = net::to_socket_address({arguments.host, arguments.port, {}});
  auto scripts = make_scripts(arguments.script);
  if (arguments.run.accounts.empty() || !address || !scripts ||
      (arguments.run.sessions == 0 && arguments.seconds <= 0)) {
    std::cerr << "load: needs a workload, accounts, an IP address, and --sessions or --seconds\n";
    return 64;
  }
  arguments.run.target.address = *address;
  arguments.run.scripts = std::move(*scripts);
  arguments.run.duration =
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.seconds * 1000));
  if (arguments.rate > 0) arguments.run.rate = arguments.rate;
  arguments.run.patience =
      std::chrono::milliseconds(static_cast<std::int64_t>(arguments.patience * 1000));
  if (arguments.tls != "none")
    arguments.run.tls = arguments.tls == "full" ? TlsMode::kFull : TlsMode::kResumed;
  Runner runner(arguments.run);
  const Report report = runner.run(wait_for_end_of_input);
  print(report);
  return report.failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app("load: POP3 and LMTP clients that check every answer; one line of JSON on stdout.");
  Arguments arguments;
  describe(app, arguments);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 64;
  }
  return run(arguments);
} catch (const std::exception& error) {
  std::cerr << "load: " << error.what() << '\n';
  return 70;
}
