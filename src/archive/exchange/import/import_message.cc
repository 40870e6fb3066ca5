#include "archive/exchange/import/import_message.h"

#include "archive/exchange/import/source_kind.h"
#include "archive/mailbox/stored_message.h"

namespace restante::archive {

Status import_message(Intake& intake, const SourceFile& file, const Told& told) {
  const auto sums = sums_of(file.path);
  if (!sums) {
    intake.fail(sums.error());
    return ok();
  }
  const LineForm form = sums->form_for(checksum_in(file.name)).value_or(sums->likely_form());
  RESTANTE_TRY(auto incoming, intake.begin());
  OutlineReader outline;
  RESTANTE_CHECKED(send_received(file.path, form, [&](std::string_view octets) {
    outline.feed(octets);
    return incoming->write(octets);
  }));
  RESTANTE_CHECKED(incoming->finish());
  return intake.take(std::move(incoming), sums->bytes, told, outline.finish());
}

}  // namespace restante::archive
