#include "server/settings/migrate.h"

#include "config/keys.h"
#include "server/settings/domains.h"

namespace restante::settings {
namespace {

using namespace std::chrono_literals;
using config::Count;
using config::Duration;
using config::key;
using config::key_by;
using config::Plain;

constexpr std::size_t kAtOnceMax = 32;

void set_on_login(Migrate& migrate, std::vector<std::string> names) {
  migrate.on_login = std::move(names);
}

}  // namespace

const config::Keys<Migrate>& migrate_keys() {
  static const config::Keys<Migrate> keys = {
      key_by<Migrate>("on_login", set_on_login, std::nullopt, Plain(domains, "list of domains"),
                      "Whose users come over when they log in: domains of a `[[route]]`. None: "
                      "nobody does."),
      key("wait", &Migrate::wait, Duration(1s, 5min),
          "So long after its password a login waits for the mail; then it hears `-ERR [SYS/TEMP]`, "
          "and the move goes on. Less than `limits.login_timeout`."),
      key("checks", &Migrate::checks, Count(1, kAtOnceMax),
          "Passwords that are asked at the old servers at once."),
      key("moves", &Migrate::moves, Count(1, kAtOnceMax), "Accounts that are moved at once."),
  };
  return keys;
}

}  // namespace restante::settings
