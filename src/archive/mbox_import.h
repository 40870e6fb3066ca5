// The messages of an mbox file for the Importer. Each is put aside first, in a file without a name,
// because only its end tells which octets it was received with (mbox.h).
#pragma once

#include <memory>
#include <string>

#include "archive/files.h"
#include "archive/importer.h"
#include "archive/mbox.h"
#include "archive/stored_message.h"

namespace restante::archive {

class MboxImport : public MboxSink {
 public:
  explicit MboxImport(Importer& importer) : importer_(importer) {}

  /// Errors: kSyntax (no mbox), kNotFound, kIo, kFull.
  Status run(const Path& file);

  Status begin(std::string_view from_line) override;
  Status write(std::string_view octets) override;
  Status end() override;

 private:
  Status flush();
  Status pass_on(bool as_is, bool last_line_end, const OctetSink& sink) const;

  Importer& importer_;
  Path file_;
  Descriptor aside_;
  std::string pending_;
  std::string checksum_;
  bool has_crlf_ = false;
  char last_ = '\0';
  std::uint64_t octets_ = 0;
};

}  // namespace restante::archive
