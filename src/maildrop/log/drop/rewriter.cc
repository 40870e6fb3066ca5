#include "maildrop/log/drop/rewriter.h"

#include <algorithm>
#include <array>
#include <map>

#include "maildrop/log/file/aside_file.h"
#include "maildrop/log/file/entries.h"
#include "maildrop/log/format/uid.h"

namespace restante::maildrop::log {
namespace {

constexpr std::size_t kChunkBytes = 128U << 10;

/// The record that a message would have if it were not lost.
ScannedRecord record_of(const MessageEntry& entry) {
  ScannedRecord record;
  record.header.type = RecordType::kMessage;
  record.header.flags = entry.info.flags.utf8_header ? kFlagUtf8Header : std::uint16_t{0};
  record.header.key = to_number(entry.info.sequence);
  record.header.octets = entry.info.octets;
  record.header.time = entry.info.arrived;
  record.header.body_bytes = entry.info.wire_bytes;
  record.header.body_checksum = entry.info.wire_checksum;
  if (entry.uid) record.header.uid = *entry.uid;
  record.body_offset = entry.body_offset;
  record.end = entry.body_offset + entry.info.wire_bytes;
  return record;
}

}  // namespace

/// What the records say, with what it means for a new file.
struct Rewriter::Survey {
  void take(const ScannedRecord& record) {
    if (!record.intact) rewriter.note_damage(record);
    replay(record, *this);
  }
  void add_message(const ScannedRecord& record) {
    rewriter.history_.add_message(record);
    if (!record.header.uid.empty())
      rewriter.imported_.emplace_back(rewriter.messages_.size(), hash_uid(record.header.uid));
    rewriter.messages_.push_back({align(record.end) - record.offset, record.intact, true});
  }
  void change(View view, const RecordContent& content, WallTime time) {
    rewriter.history_.change(view, content, time);
  }
  void set_view(View view, const RecordContent& content) {
    rewriter.history_.set_view(view, content);
  }
  void end_view(View view) { rewriter.history_.end_view(view); }
  void forget(const std::vector<UidHash>& hashes) {
    rewriter.forgotten_.insert(rewriter.forgotten_.end(), hashes.begin(), hashes.end());
  }

  Rewriter& rewriter;
};

Rewriter::~Rewriter() {
  // A file that is left over all the same is taken away by the next upkeep: it has no meaning.
  if (file_ && !taken_) (void)environment_.disk.remove(source_->paths().log_new);
}

Status Rewriter::survey(std::uint64_t end, bool verify_bodies) {
  surveyed_end_ = end;
  bodies_verified_ = verify_bodies;
  Survey survey{*this};
  RESTANTE_TRY(const ScanResult scan,
               scan_log(source_->file(), source_->header().seed,
                        {source_->start(), end, verify_bodies, &pace_},
                        [&](const ScannedRecord& record) { survey.take(record); }));
  whole_end_ = scan.whole_end;
  std::vector<DamagedRegion> regions = scan.damaged;
  // No whole record follows the last damage: it reaches to the end, and is kept like the others.
  if (whole_end_ < end) regions.push_back({whole_end_, end - whole_end_});
  for (const DamagedRegion& region : regions)
    damaged_.push_back({region.offset, region.bytes, "no record can be read here", {}, {}});
  return ok();
}

Status Rewriter::survey_headers() {
  const LogHeader& header = source_->header();
  const std::size_t size = log_header_bytes(header.account);
  std::vector<std::byte> bytes(2 * size);
  RESTANTE_TRY(const std::size_t got, source_->file().read(0, bytes));
  if (got != bytes.size()) return Error(Errc::kIo, "the log became shorter while it was read");
  // One intact copy opens the log, so damage to the other one shows only here.
  for (const std::size_t at : {std::size_t{0}, size})
    if (!decode_log_header(ByteView(bytes).subspan(at, size), header.account))
      damaged_.push_back({at, size, "a copy of the log's header is damaged", {}, {}});
  return ok();
}

void Rewriter::note_damage(const ScannedRecord& record) {
  SetAside where;
  where.offset = record.offset;
  where.bytes = record.end - record.offset;
  where.what = describe_damage(record.header.type);
  if (record.header.type == RecordType::kMessage) {
    where.sequence = Sequence{record.header.key};
    where.uid = record.header.uid;
    // The uid as POP3 has shown it, so that the report names a message that its reader knows.
    if (where.uid->empty())
      append_derived_uid(source_->uid_prefix(), to_info(record.header), *where.uid);
  }
  if (record.header.type == RecordType::kMessage) damaged_messages_.push_back(record.header);
  lost_what_keeps_ = lost_what_keeps_ || record.header.type == RecordType::kUndeletion ||
                     record.header.type == RecordType::kView;
  damaged_.push_back(std::move(where));
}

void Rewriter::reconcile(const PresentViews& now) {
  std::size_t at = 0;
  // One walk over both, which are in the order of sequence. Memory knows what damaged records said:
  // a message of the log that no view has was deleted, one that both have was brought back, and one
  // that memory alone has lost its own record.
  std::vector<Sequence> gone;
  std::vector<Sequence> there;
  for (std::uint32_t i = 0; i < now.count; ++i) {
    const Sequence sequence = (*now.all)[i].info.sequence;
    for (; at < history_.size() && history_.sequence(at) < sequence; ++at)
      gone.push_back(history_.sequence(at));
    if (at < history_.size() && history_.sequence(at) == sequence) {
      ++at;
      there.push_back(sequence);
    } else {
      orphans_.push_back((*now.all)[i]);
    }
  }
  for (; at < history_.size(); ++at) gone.push_back(history_.sequence(at));
  history_.set_views(now.table);
  known_missing_ = now.missing;
  for (const auto& [view, missing] : now.missing) {
    SequenceSet deleted(gone);
    deleted.add(missing);
    SequenceSet back(there);
    back.remove(missing);
    history_.add_deletions(view, deleted, environment_.clock.now());
    history_.take_back(view, back);
  }
}

/// When the last of the views that have deleted it did so; nothing: none has.
std::optional<WallTime> Rewriter::last_deletion(const std::vector<View>& views,
                                                std::size_t index) const {
  std::optional<WallTime> last;
  for (const View view : views)
    if (const auto at = history_.deleted_at(view, index)) last = std::max(last.value_or(*at), *at);
  return last;
}

/// A message goes when a view has deleted it, no view that holds sees it, and the last deletion is
/// long enough ago. Mail that no view has deleted stays, though every reader was away.
void Rewriter::plan_reclaiming(const Reclaiming& rule) {
  const std::vector<View> views = history_.views().live();
  const std::vector<View>& holding = rule.holding.empty() ? views : rule.holding;
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    const auto last = last_deletion(views, i);
    if (!last || !history_.is_gone(holding, i)) continue;
    const bool is_purged = rule.trash_purges && !history_.is_seen(View::kTrash, i);
    messages_[i].kept = !is_purged && *last > rule.deleted_before;
    if (!messages_[i].kept) continue;
    waiting_bytes_ += messages_[i].bytes;
    first_waiting_ = std::min(first_waiting_, *last);
  }
  summarize();
}

Result<std::vector<SetAside>> Rewriter::plan_repair() {
  for (Message& message : messages_) message.kept = message.intact;
  std::vector<MessageEntry> good;
  for (const MessageEntry& orphan : orphans_) {
    RESTANTE_TRY(const bool intact, is_body_intact(orphan));
    if (intact) {
      good.push_back(orphan);
    } else if (orphan.uid) {
      forgotten_.push_back(hash_uid(*orphan.uid));
    }
  }
  orphans_ = std::move(good);
  summarize();
  return damaged_;
}

Result<HealReport> Rewriter::plan_healing(disk::File& copy) {
  std::vector<RecordHeader> wanted = damaged_messages_;
  std::vector<SetAside> places;
  for (const SetAside& where : damaged_)
    if (where.sequence) places.push_back(where);
  for (const MessageEntry& orphan : orphans_) {
    RESTANTE_TRY(const bool intact, is_body_intact(orphan));
    if (intact) continue;
    wanted.push_back(record_of(orphan).header);
    SetAside& where = places.emplace_back();
    where.offset = orphan.body_offset;
    where.bytes = orphan.info.wire_bytes;
    where.sequence = orphan.info.sequence;
    append_uid(source_->uid_prefix(), orphan, where.uid.emplace());
  }
  // The copy may be older than the log, or of before a rewriting: only the number and the checksum
  // together name the same message.
  RESTANTE_TRY(auto found, find_bodies(copy, source_->header(), wanted, pace_));
  HealReport report;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto at = found.find(wanted[i].key);
    const bool is_found = at != found.end() && at->second.checksum == wanted[i].body_checksum;
    if (!is_found) places[i].what = "the backup does not have these octets";
    (is_found ? report.healed : report.left).push_back(places[i]);
  }
  for (const SetAside& where : damaged_)
    if (!where.sequence) report.left.push_back(where);
  donor_ = &copy;
  donated_ = std::move(found);
  if (!report.healed.empty()) summarize();
  return report;
}

Result<bool> Rewriter::is_body_intact(const MessageEntry& entry) {
  std::vector<std::byte> chunk(kChunkBytes);
  ChecksumStream sum;
  for (std::uint64_t done = 0; done < entry.info.wire_bytes;) {
    const std::uint64_t left = entry.info.wire_bytes - done;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), left));
    const MutableBytes bytes = MutableBytes(chunk).first(size);
    RESTANTE_TRY(const std::size_t got, source_->file().read(entry.body_offset + done, bytes));
    if (got != size) return false;
    sum.update(bytes);
    done += size;
  }
  return sum.digest() == entry.info.wire_checksum;
}

/// Makes the records about the kept messages, and counts the size of the new file.
void Rewriter::summarize() {
  for (const auto& [index, hash] : imported_)
    // A client would take a later message with this unique id for the one that is gone.
    if (!messages_[index].kept) forgotten_.push_back(hash);
  summarize_views();
  // A record's body has a bound, so a long list becomes several records.
  constexpr std::size_t kHashesMax = kListBytesMax / sizeof(UidHash);
  for (std::size_t at = 0; at < forgotten_.size(); at += kHashesMax) {
    const auto begin = forgotten_.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t count = std::min(kHashesMax, forgotten_.size() - at);
    RecordContent content;
    content.forgotten.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
    add_summary(RecordType::kForgottenUids, View::kDefault, environment_.clock.now(), content);
  }
  new_bytes_ = source_->start();
  for (const Message& message : messages_) {
    kept_messages_ += message.kept ? 1 : 0;
    new_bytes_ += message.kept ? message.bytes : 0;
  }
  for (const MessageEntry& orphan : orphans_) {
    const ScannedRecord record = record_of(orphan);
    new_bytes_ += align(record_header_bytes(record.header) + record.header.body_bytes);
  }
  kept_messages_ += orphans_.size();
  for (const Summary& summary : summaries_)
    new_bytes_ += align(record_header_bytes(summary.header) + summary.body.size());
}

/// What there is of views, and of each what it does not see.
void Rewriter::summarize_views() {
  const ViewTable& table = history_.views();
  for (const auto& [view, record] : table.said()) {
    std::vector<Sequence> unseen;
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const bool is_seen = history_.is_seen(view, i) || history_.deleted_at(view, i).has_value();
      if (messages_[i].kept && !is_seen) unseen.push_back(history_.sequence(i));
    }
    RecordContent content;
    content.view = record;
    content.unseen = SequenceSet(unseen);
    add_summary(RecordType::kView, view, environment_.clock.now(), content);
  }
  // The number of a view that has ended must not come again.
  if (!table.is_unsaid() && table.has_ended(table.last()) && table.last() != View::kDefault)
    add_summary(RecordType::kViewEnd, table.last(), environment_.clock.now(), {});
  for (const View view : table.live()) summarize_view(view);
  if (table.find(View::kTrash) != nullptr) summarize_view(View::kTrash);
}

/// Deletions and retrievals with their times. A view that has none left and no record of its own is
/// named all the same, since what it has not deleted must stay.
void Rewriter::summarize_view(View view) {
  std::map<WallTime, std::vector<Sequence>> deleted;
  std::map<WallTime, std::vector<Sequence>> retrieved;
  for (std::size_t i = 0; i < messages_.size(); ++i) {
    if (!messages_[i].kept) continue;
    if (const auto time = history_.deleted_at(view, i))
      deleted[*time].push_back(history_.sequence(i));
    if (const auto time = history_.retrieved_at(view, i))
      retrieved[*time].push_back(history_.sequence(i));
  }
  for (const MessageEntry& orphan : orphans_)
    if (known_missing_[view].contains(orphan.info.sequence))
      deleted[environment_.clock.now()].push_back(orphan.info.sequence);
  for (const auto& [time, sequences] : retrieved) {
    RecordContent content;
    content.retrievals = SequenceSet(sequences);
    add_summary(RecordType::kRetrieval, view, time, content);
  }
  const bool is_said = view == View::kDefault || history_.views().find(view) != nullptr;
  if (deleted.empty() && retrieved.empty() && !is_said) deleted[environment_.clock.now()] = {};
  for (const auto& [time, sequences] : deleted) {
    RecordContent content;
    content.deletions = SequenceSet(sequences);
    add_summary(RecordType::kDeletion, view, time, content);
  }
}

void Rewriter::add_summary(RecordType type, View view, WallTime time,
                           const RecordContent& content) {
  Summary summary;
  summary.header.type = type;
  summary.header.key = static_cast<std::uint32_t>(view);
  summary.header.octets = count_of(type, content);
  summary.header.time = time;
  summary.body = encode_content(type, content);
  summaries_.push_back(std::move(summary));
}

Status Rewriter::begin(Sequence next_sequence) {
  for (const SetAside& where : damaged_) {
    environment_.report({source_->header().account, where.offset, where.bytes,
                         where.what + ": set aside while the log is rewritten"});
    RESTANTE_CHECKED(
        set_aside(environment_, source_->paths(), source_->file(), {where.offset, where.bytes}));
  }
  // From here on the new file is made; the damaged octets are durable beside the log already.
  header_ = source_->header();
  header_.first_sequence = next_sequence;
  header_.rewritten = true;
  // A seed of its own: where a crash leaves space of the new file unwritten, the disk may show the
  // blocks of the old one, whose records must not be valid there.
  std::array<std::byte, 16> numbers{};
  RESTANTE_CHECKED(environment_.random(numbers));
  header_.generation = get_le<std::uint64_t>(numbers, 0);
  header_.seed = get_le<std::uint64_t>(numbers, 8);
  RESTANTE_TRY(auto file,
               environment_.disk.open(source_->paths().log_new, disk::OpenMode::kReplace));
  file_ = std::move(file);
  builder_.emplace(*file_, header_);
  copied_end_ = surveyed_end_;
  return ok();
}

Status Rewriter::copy_kept() {
  Status copied = ok();
  std::size_t at = 0;
  // The very scan of the survey, so that it gives out the same records. The pace stops it, too.
  const Pace pace = [&](std::uint64_t bytes) { return copied && (!pace_ || pace_(bytes)); };
  auto scan = scan_log(
      source_->file(), source_->header().seed,
      {source_->start(), surveyed_end_, bodies_verified_, &pace}, [&](ScannedRecord&& record) {
        if (!copied || record.header.type != RecordType::kMessage) return;
        if (at == messages_.size() || to_number(history_.sequence(at)) != record.header.key) {
          copied = Error(Errc::kIo, "the log changed while it was copied");
          return;
        }
        const bool kept = messages_[at++].kept;
        copied = copy_orphans(record.header.key);
        if (copied && kept) copied = copy_message(record, &pace_);
      });
  RESTANTE_CHECKED(copied);
  if (!scan) return std::move(scan).error();
  if (at != messages_.size()) return Error(Errc::kIo, "the log changed while it was copied");
  RESTANTE_CHECKED(copy_orphans(UINT64_MAX));
  for (const Summary& summary : summaries_)
    RESTANTE_CHECKED(builder_->add(summary.header, summary.body));
  return ok();
}

Status Rewriter::copy_orphans(std::uint64_t before) {
  for (; next_orphan_ < orphans_.size(); ++next_orphan_) {
    const ScannedRecord record = record_of(orphans_[next_orphan_]);
    if (record.header.key >= before) break;
    RESTANTE_CHECKED(copy_message(record, &pace_));
  }
  return ok();
}

Status Rewriter::copy_message(const ScannedRecord& record, const Pace* pace) {
  const auto donated = donated_.find(record.header.key);
  if (donated != donated_.end() && donated->second.checksum == record.header.body_checksum) {
    const BodyPlace body{*donor_, donated->second.offset};
    RESTANTE_TRY(const bool healed, builder_->copy_message(body, record, pace));
    return healed ? ok() : Status(Error(Errc::kIo, "the backup changed while it was read"));
  }
  const BodyPlace body{source_->file(), record.body_offset};
  RESTANTE_TRY(const bool intact, builder_->copy_message(body, record, pace));
  if (!intact)
    environment_.report({source_->header().account, record.body_offset, record.header.body_bytes,
                         "a message's body is damaged: kept as it is while the log is rewritten"});
  return ok();
}

/// Damaged ones do not count: no reader can have them back.
bool Rewriter::drops_any(const SequenceSet& sequences) const {
  if (sequences.empty()) return false;
  for (std::size_t i = 0; i < messages_.size(); ++i)
    if (!messages_[i].kept && messages_[i].intact && sequences.contains(history_.sequence(i)))
      return true;
  return false;
}

/// A view that was made meanwhile does not see what its record says.
bool Rewriter::drops_any_of(View view, const SequenceSet& unseen) const {
  for (std::size_t i = 0; i < messages_.size(); ++i)
    if (!messages_[i].kept && messages_[i].intact && history_.is_seen(view, i) &&
        !unseen.contains(history_.sequence(i)))
      return true;
  return false;
}

Status Rewriter::copy_tail(std::uint64_t to, const Pace* pace) {
  std::vector<ScannedRecord> records;
  RESTANTE_TRY(const ScanResult scan,
               scan_log(source_->file(), source_->header().seed, {copied_end_, to, false, pace},
                        [&](ScannedRecord&& record) { records.push_back(std::move(record)); }));
  // Deliveries of the last moments: damage in them is too fresh for rot, so the whole rewriting is
  // given up, and the old log stays.
  const bool intact = scan.whole_end == to && scan.damaged.empty() &&
                      std::ranges::all_of(records, &ScannedRecord::intact);
  if (!intact) return Error(Errc::kIo, "damage at the end of the log");
  for (const ScannedRecord& record : records) {
    if (record.header.type == RecordType::kMessage) {
      RESTANTE_CHECKED(copy_message(record, pace));
      continue;
    }
    if (drops_any(record.content.undeletions))
      return Error(Errc::kBusy, "a message that would be dropped came back");
    const bool begins_to_hold = record.content.view && record.content.view->begins_to_hold();
    if (begins_to_hold && drops_any_of(view_of(record.header), record.content.unseen))
      return Error(Errc::kBusy, "a view came back that sees what would be dropped");
    forgotten_.insert(forgotten_.end(), record.content.forgotten.begin(),
                      record.content.forgotten.end());
    RESTANTE_CHECKED(
        builder_->add(record.header, encode_content(record.header.type, record.content)));
  }
  copied_end_ = to;
  return ok();
}

std::unique_ptr<LogFile> Rewriter::take_log() {
  taken_ = true;
  return std::make_unique<LogFile>(environment_, std::move(file_), header_);
}

}  // namespace restante::maildrop::log
