#include "profile/presets.h"

#include <array>

namespace restante::profile {
namespace {

struct Preset {
  std::string_view name;
  std::string_view device_url;
  std::string_view authorization_url;
  std::string_view token_url;
  std::string_view scope;
};

constexpr auto kPresets = std::to_array<Preset>({
    // Google's device flow knows no scope for mail, so only the one by a browser is left.
    {"google", "", "https://accounts.google.com/o/oauth2/v2/auth",
     "https://oauth2.googleapis.com/token", "https://mail.google.com/"},
    // The scope for hand-on: mail may only be put in.
    {"gmail", "", "https://accounts.google.com/o/oauth2/v2/auth",
     "https://oauth2.googleapis.com/token", "https://www.googleapis.com/auth/gmail.insert"},
    {"microsoft", "https://login.microsoftonline.com/common/oauth2/v2.0/devicecode",
     "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
     "https://login.microsoftonline.com/common/oauth2/v2.0/token",
     "https://outlook.office.com/POP.AccessAsUser.All offline_access"},
});

void fill(std::string& setting, std::string_view preset) {
  if (setting.empty()) setting = preset;
}

}  // namespace

bool apply_preset(Issuer& issuer) {
  for (const Preset& preset : kPresets) {
    if (preset.name != issuer.name) continue;
    fill(issuer.device_url, preset.device_url);
    fill(issuer.authorization_url, preset.authorization_url);
    fill(issuer.token_url, preset.token_url);
    fill(issuer.scope, preset.scope);
    return true;
  }
  return false;
}

}  // namespace restante::profile
