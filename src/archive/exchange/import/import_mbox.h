// The messages of an mbox file, into the archive. Each is put aside first, because only its end
// tells which octets it was received with (mbox.h).
#pragma once

#include <optional>
#include <string>

#include "archive/exchange/import/aside.h"
#include "archive/exchange/import/intake.h"
#include "archive/exchange/import/source_file.h"
#include "archive/exchange/mbox.h"

namespace restante::archive {

class MboxImport : public MboxSink {
 public:
  explicit MboxImport(Intake& intake) : intake_(intake) {}

  /// Errors: kSyntax (no mbox), kNotFound, kIo, kFull.
  Status run(const SourceFile& file);

  Status begin(std::string_view from_line) override;
  Status write(std::string_view octets) override;
  Status end() override;

 private:
  /// How the octets that the file holds may have been received.
  struct Reading {
    std::uint64_t start = 0;    // Behind lines that an export has put there.
    bool as_is = true;          // Else every LF was CRLF.
    bool last_line_end = true;  // Else the file's last LF was added by who wrote it.
  };
  /// The one with the checksum of its "From " line; nothing: it has none, or it was changed.
  Result<std::optional<Reading>> find_reading() const;
  Status pass_on(const Reading& reading, const OctetSink& sink) const;

  Intake& intake_;
  std::optional<Aside> aside_;
  std::string header_;  // Its beginning.
  std::string checksum_;
  std::optional<std::int64_t> arrived_;
  bool has_crlf_ = false;
  char last_ = '\0';
};

}  // namespace restante::archive
