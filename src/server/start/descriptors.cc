#include "server/start/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

#include "server/common/log.h"

namespace restante::server {
namespace {

// Listeners, event loops, databases, and what the threads of the pools have open.
constexpr std::uint64_t kReserve = 512;
// A client's socket, and the file that it reads or the spool of its mail.
constexpr std::uint64_t kEachConnection = 2;
constexpr std::uint64_t kShare = 4;  // Idle maildrops may take one part of this many.

DescriptorPlan wanted_by(const settings::Config& config) {
  return {config.guard.connections, config.maildrop.idle_maildrops,
          config.guard.intake_connections};
}

std::uint64_t reserve_of(std::uint64_t allowed) { return std::min(kReserve, allowed / 2); }

}  // namespace

DescriptorPlan plan_descriptors(std::uint64_t allowed, const DescriptorPlan& wanted) {
  const std::uint64_t usable = allowed - reserve_of(allowed);
  DescriptorPlan plan = wanted;
  if (descriptors_for(wanted) <= allowed) return plan;
  // Idle maildrops go first: without them logins are slower, without connections they fail.
  plan.idle_maildrops = std::min(wanted.idle_maildrops, usable / kShare);
  const std::uint64_t possible = (usable - plan.idle_maildrops) / kEachConnection;
  plan.intake_connections = std::min(wanted.intake_connections, possible / kShare);
  plan.connections =
      std::max<std::uint64_t>(1, std::min(wanted.connections, possible - plan.intake_connections));
  return plan;
}

DescriptorPlan plan_descriptors(const settings::Config& config) {
  return plan_descriptors(raise_descriptor_limit(), wanted_by(config));
}

void report_descriptors(const settings::Config& config) {
  const DescriptorPlan wanted = wanted_by(config);
  const DescriptorPlan plan = plan_descriptors(config);
  static DescriptorPlan said{};  // A reload that changes nothing here says nothing.
  if (plan == wanted || plan == said) return;
  said = plan;
  spdlog::warn(
      "limits lowered connections={} idle_maildrops={} intake_connections={} reason=\"the system "
      "allows {} open files; "
      "for limits.connections={}, limits.idle_maildrops={} and limits.intake_connections={} raise "
      "it to {} (LimitNOFILE=)\"",
      plan.connections, plan.idle_maildrops, plan.intake_connections, raise_descriptor_limit(),
      wanted.connections, wanted.idle_maildrops, wanted.intake_connections,
      descriptors_for(wanted));
}

std::uint64_t descriptors_for(const DescriptorPlan& wanted) {
  return kReserve + wanted.idle_maildrops +
         kEachConnection * (wanted.connections + wanted.intake_connections);
}

std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;  // What every system allows.
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

}  // namespace restante::server
