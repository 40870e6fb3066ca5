// How the file descriptors that the system allows are shared out: a flood of connections must never
// leave a delivery without a file, and a limit that cannot be kept is told at the start.
#pragma once

#include <cstdint>

#include "server/settings/config.h"

namespace restante::server {

/// The numbers that may be open at once.
struct DescriptorPlan {
  std::uint64_t connections = 0;         ///< Each may open a maildrop or a spool, too.
  std::uint64_t idle_maildrops = 0;      ///< Kept open between sessions.
  std::uint64_t intake_connections = 0;  ///< More of them, for mail that comes in alone.
  bool operator==(const DescriptorPlan&) const = default;
};

/// The most of `wanted` that `allowed` descriptors can hold. At least one connection.
DescriptorPlan plan_descriptors(std::uint64_t allowed, const DescriptorPlan& wanted);

/// The same for a configuration and the system's limit.
DescriptorPlan plan_descriptors(const settings::Config& config);
/// A warning in the log when that is less than is configured.
void report_descriptors(const settings::Config& config);

/// The descriptors that all of `wanted` needs.
std::uint64_t descriptors_for(const DescriptorPlan& wanted);

/// Raises the soft limit (RLIMIT_NOFILE) to the hard one, and says how many that are.
std::uint64_t raise_descriptor_limit();

}  // namespace restante::server
