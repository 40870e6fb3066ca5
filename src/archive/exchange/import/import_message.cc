#include "archive/exchange/import/import_message.h"

#include "archive/exchange/import/source_kind.h"
#include "archive/mailbox/stored_message.h"

namespace restante::archive {

Status import_message(Intake& intake, const SourceFile& file, const Told& told) {
  // A file that cannot be read is that file's trouble, and not the import's.
  const auto sums = sums_of(file.path);
  if (!sums) {
    intake.fail(sums.error());
    return ok();
  }
  // An export has the checksum in its name, which tells the form of its line ends.
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
