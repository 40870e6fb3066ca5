#include "server/settings/alarm.h"

#include "config/keys.h"

namespace restante::settings {

using namespace std::chrono_literals;
using config::Duration;
using config::key;
using config::OffOrDuration;
using config::Plain;
using config::text;

const config::Keys<Alarm>& alarm_keys() {
  constexpr auto kYear = std::chrono::days(365);
  static const config::Keys<Alarm> keys = {
      key("to", &Alarm::to, Plain(text, "an address of ours"),
          "Gets a mail when something is wrong, and one when it is over ([alarms.md](alarms.md)).",
          "`server.operator`"),
      key("interval", &Alarm::interval, Duration(1s, kYear),
          "How often the server looks whether something is wrong."),
      key("backup_age", &Alarm::backup_age, OffOrDuration(1h, kYear),
          "A newest backup that is older is an alarm. Where `restantectl backup` never ran, its "
          "absence is none."),
  };
  return keys;
}

}  // namespace restante::settings
