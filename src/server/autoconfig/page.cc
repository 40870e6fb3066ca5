#include "server/autoconfig/page.h"

#include "server/autoconfig/signature.h"
#include "server/common/log.h"

namespace restante::server {

Result<std::shared_ptr<const autoconfig::Site>> make_site(const autoconfig::Settings& settings) {
  if (settings.domains.empty()) return std::shared_ptr<const autoconfig::Site>();
  autoconfig::Sign sign;
  if (!settings.profile_key.empty())
    sign = [&settings](const std::string& profile) {
      return sign_profile(profile, settings.profile_certificate, settings.profile_key);
    };
  RESTANTE_TRY(autoconfig::Site site, autoconfig::Site::make(settings, sign));
  return std::make_shared<const autoconfig::Site>(std::move(site));
}

std::optional<autoconfig::Answer> autoconfig_page(const autoconfig::Request& request,
                                                  const SessionContext& context) {
  const settings::Pages& pages = context.listen.serve;
  if (!pages.autoconfig) return std::nullopt;
  autoconfig::Answer answer;
  if (context.settings->autoconfig) answer = context.settings->autoconfig->answer(request);
  const bool has_others = pages.status || pages.metrics;
  if (answer.status == 404 && has_others) return std::nullopt;
  // Without the query: it has the address of the user who asks.
  spdlog::info("autoconfig session={} peer={} host={} path={} status={}", context.id,
               context.connection.peer().to_string(), for_log(request.host),
               for_log(request.target.substr(0, request.target.find('?'))), answer.status);
  return answer;
}

}  // namespace restante::server
