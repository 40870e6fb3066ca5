#include "server/outgoing/connector.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <thread>

#include "dial/connect.h"
#include "dial/stop_signal.h"
#include "process/sandbox.h"
#include "server/outgoing/wire.h"

namespace restante::server {
namespace {

constexpr std::uint16_t kNameServerPort = 53;
// A process that ends at once would take a processor otherwise.
constexpr auto kLifeMin = std::chrono::seconds(1);
constexpr int kPause = 1000;  // Milliseconds.
// Of an answer that belongs to no question.
constexpr std::uint64_t kNoNumber = 0;

Result<files::Descriptor> connect_to(const OutgoingQuestion& question,
                                     const std::vector<FarPlace>& places) {
  // Asked here once more: a server that an attacker has taken over must not reach what no one
  // configured.
  if (std::find(places.begin(), places.end(), question.place) == places.end())
    return Error(Errc::kState, "not a configured place: " + question.place.to_string());
  RESTANTE_TRY(const net::StopSignal never, net::StopSignal::create());
  const net::Patience patience{std::chrono::steady_clock::now() + question.span, never};
  RESTANTE_TRY(const auto found, net::look_up(question.place.host, question.place.port, patience));
  return net::connect_first(net::in_turns(found), patience);
}

void serve(int channel, const std::vector<FarPlace>& places) {
  while (const auto question = receive_question(channel))
    send_answer(channel, OutgoingAnswer{question->number, connect_to(*question, places)});
}

/// The files that names are looked up by, and nothing of the server's. Ports are limited only where
/// the kernel can.
process::SandboxPlan sandbox_plan(const std::vector<FarPlace>& places) {
  process::SandboxPlan plan;
  for (const char* const folder : {"/etc", "/lib", "/lib64", "/run", "/usr"})
    plan.paths.push_back({folder, process::Access::kRead});
  plan.tcp = process::Tcp::kPorts;
  plan.ports.push_back(kNameServerPort);
  for (const FarPlace& place : places) plan.ports.push_back(place.port);
  plan.calls.network = true;
  plan.calls.sanitizers = process::kSanitized;
  if (process::kSanitized) plan.paths.push_back({"/proc", process::Access::kRead});
  return plan;
}

[[noreturn]] void connect_for_server(const ConnectorPlan& plan, const std::vector<int>& channels) {
  // After the fork it could have gone unnoticed, and would hold the channels open.
  // It ends with its parent, the process that would start it again.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (plan.sandbox) static_cast<void>(process::enter_sandbox(sandbox_plan(plan.places)));
  std::vector<std::thread> threads;
  try {
    for (const int channel : channels)
      threads.emplace_back([&plan, channel] { serve(channel, plan.places); });
  } catch (const std::system_error&) {
    // The parent starts it anew; with fewer threads channels would stay without an answer.
    ::_exit(1);
  }
  for (std::thread& thread : threads) thread.join();
  ::_exit(0);
}

/// A caller that waits for an answer learns of the end at once, not at its timeout.
void tell_of_end(const std::vector<int>& channels) {
  for (const int channel : channels)
    send_answer(channel, OutgoingAnswer{kNoNumber, Error(Errc::kIo, "its process has ended")});
}

void close_all_but(const std::vector<int>& channels) {
  std::vector<int> kept = channels;
  std::sort(kept.begin(), kept.end());
  // Standard error is where the sandbox's complaints go.
  unsigned next = 3;  // The log stays.
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (number > next) ::close_range(next, number - 1, 0);
    next = number + 1;
  }
  ::close_range(next, ~0U, 0);
}

}  // namespace

void run_outgoing(const ConnectorPlan& plan, const std::vector<int>& channels) {
  ::prctl(PR_SET_NAME, "restanted-out");
  // The channels alone: the server's listeners and files are none of its business.
  close_all_but(channels);
  // With root's rights it must not go on.
  if (!process::become(plan.user)) ::_exit(1);
  for (;;) {
    const auto began = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child == 0) connect_for_server(plan, channels);
    int ended = 0;
    while (child > 0 && ::waitpid(child, &ended, 0) < 0 && errno == EINTR) {
    }
    // All channels have closed: the server is gone.
    if (child > 0 && WIFEXITED(ended) && WEXITSTATUS(ended) == 0) ::_exit(0);
    tell_of_end(channels);
    // A pause of a moment, or until the server is gone.
    pollfd server{channels.front(), 0, 0};
    // It wakes at once when the server closes its end.
    if (std::chrono::steady_clock::now() - began < kLifeMin) ::poll(&server, 1, kPause);
  }
}

}  // namespace restante::server
