// The user of the process, and how it becomes one with fewer rights, for good. Knows users and
// capabilities; what they are needed for is its callers' business. Call it before threads.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace restante::process {

struct Identity {
  uid_t user = 0;
  gid_t group = 0;
  std::string name;  ///< Of the user; "user 1234" when it has none.
};

/// The user and the group of these names; an empty group: the user's own.
/// Errors: kNotFound.
Result<Identity> find_identity(const std::string& user, const std::string& group);
/// Errors: kNotFound.
Result<gid_t> find_group(const std::string& name);
/// Whether this process may give a file of its own to that group: it is in it, or root.
bool in_group(gid_t group);
/// Whether that user would be in it, by the machine's list of groups.
bool in_group(const Identity& identity, gid_t group);
/// Of the owner and the group of a file.
Identity identity_of(uid_t user, gid_t group);
/// The effective user of this process.
Identity own_identity();

/// The rights of root's that stay.
enum class Keeps : std::uint8_t {
  kNothing,
  kReading,  ///< Every file and folder may be read, and none written (CAP_DAC_READ_SEARCH).
};

/// Root becomes that user with that user's groups, without other capabilities than it `keeps`, as
/// far as it has them, and without a way back, which is tried. HOME becomes that user's, unless it
/// is a folder of that user's already. A process that is that user already changes nothing.
/// Errors: kAuth (neither root nor that user; or a right could be had again).
Status become(const Identity& identity, Keeps keeps = Keeps::kNothing);

/// Gives up all capabilities (a service may be started with the one to bind low ports).
/// Errors: kAuth.
Status drop_capabilities();

/// From now on no program that is run gets more rights than its caller (set-user-ID and the like).
/// Errors: kIo.
Status no_new_privileges();

}  // namespace restante::process
