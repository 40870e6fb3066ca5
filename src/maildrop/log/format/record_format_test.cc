#include "maildrop/log/format/record_format.h"

#include <gtest/gtest.h>

#include "maildrop/log/file/message_list.h"
#include "maildrop/log/format/file_names.h"
#include "maildrop/log/format/record_body.h"
#include "maildrop/log/format/sequence_set.h"
#include "maildrop/log/format/uid.h"

namespace restante::maildrop::log {
namespace {

constexpr std::uint64_t kSeed = 0x1234567890ABCDEF;

RecordHeader sample() {
  RecordHeader header;
  header.type = RecordType::kMessage;
  header.flags = kFlagUtf8Header;
  header.key = 7;
  header.octets = 1000;
  header.time = WallTime(std::chrono::milliseconds(-5));
  header.body_bytes = 1003;
  header.body_checksum = 42;
  header.uid = "uid-of-another-server";
  return header;
}

TEST(RecordFormat, HeaderRoundTrip) {
  const std::string bytes = encode_record_header(sample(), kSeed, 4096);
  EXPECT_EQ(bytes.size(), 56U + 24U);
  const auto header = decode_record_header(as_bytes(bytes), kSeed, 4096);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->type, RecordType::kMessage);
  EXPECT_EQ(header->flags, kFlagUtf8Header);
  EXPECT_EQ(header->key, 7U);
  EXPECT_EQ(header->octets, 1000U);
  EXPECT_EQ(header->time, sample().time);
  EXPECT_EQ(header->body_bytes, 1003U);
  EXPECT_EQ(header->body_checksum, 42U);
  EXPECT_EQ(header->uid, sample().uid);
}

TEST(RecordFormat, EveryBitCutPlaceAndSeedCounts) {
  const std::string bytes = encode_record_header(sample(), kSeed, 4096);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decode_record_header(as_bytes(damaged), kSeed, 4096)) << bit;
  }
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(decode_record_header(as_bytes(bytes).first(cut), kSeed, 4096)) << cut;
  EXPECT_FALSE(decode_record_header(as_bytes(bytes), kSeed + 1, 4096));
  EXPECT_FALSE(decode_record_header(as_bytes(bytes), kSeed, 4104));
}

TEST(RecordFormat, ALengthOverTheMaximumIsNotBelieved) {
  RecordHeader header = sample();
  header.body_bytes = limits::kMessageStoredBytesMax + 1;
  const std::string bytes = encode_record_header(header, kSeed, 0);
  EXPECT_FALSE(decode_record_header(as_bytes(bytes), kSeed, 0));
}

// The maker of a log can compute its checksums, so they prove nothing about a uid.
TEST(RecordFormat, RefusesAUidThatWouldEndAReplysLine) {
  RecordHeader header;
  header.type = RecordType::kMessage;
  for (const char* const uid : {"a\r\n.", "a b", "\x7F", "\xC3\xA4"}) {
    header.uid = uid;
    const std::string bytes = encode_record_header(header, kSeed, 0);
    EXPECT_FALSE(decode_record_header(as_bytes(bytes), kSeed, 0)) << uid;
  }
  header.uid = "!~";
  EXPECT_TRUE(decode_record_header(as_bytes(encode_record_header(header, kSeed, 0)), kSeed, 0));
}

TEST(RecordFormat, LogHeaderRoundTrip) {
  LogHeader header;
  header.id.fill(std::byte{9});
  header.seed = kSeed;
  header.first_sequence = Sequence{17};
  header.created = WallTime(std::chrono::milliseconds(1234));
  header.account = "alice@example.test";
  const std::string both = encode_log_header(header);
  EXPECT_EQ(both.size(), records_start(header.account));
  EXPECT_EQ(both.size() % kAlignment, 0U);
  for (const std::size_t at : {std::size_t{0}, both.size() / 2}) {
    const auto found = decode_log_header(as_bytes(both).subspan(at), header.account);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, header.id);
    EXPECT_EQ(found->seed, kSeed);
    EXPECT_EQ(found->first_sequence, Sequence{17});
    EXPECT_EQ(found->created, header.created);
  }
  EXPECT_FALSE(decode_log_header(as_bytes(both), "alicf@example.test"));
  EXPECT_FALSE(decode_log_header(as_bytes(both), "bob@example.test"));
}

TEST(SequenceSet, RangesHoldWhatWasPutIn) {
  const SequenceSet set({Sequence{5}, Sequence{1}, Sequence{2}, Sequence{3}, Sequence{5}});
  EXPECT_EQ(set.size(), 4U);
  const std::string body = set.encode();
  EXPECT_EQ(body.size(), 32U);
  const auto read = SequenceSet::decode(as_bytes(body));
  ASSERT_TRUE(read);
  for (std::uint64_t i = 0; i < 8; ++i)
    EXPECT_EQ(read->contains(Sequence{i}), (i >= 1 && i <= 3) || i == 5) << i;
}

// Each addition used to sort all that was there: 20,000 deletion records took 2 s at a start.
TEST(SequenceSum, SortsOnceHoweverManyAreAdded) {
  SequenceSum sum;
  EXPECT_TRUE(sum.merged().empty());
  for (std::uint64_t i = 20'000; i > 0; --i) sum.add(SequenceSet({Sequence{2 * i}}));
  sum.add(SequenceSet({Sequence{3}, Sequence{4}}));
  EXPECT_EQ(sum.merged().size(), 20'001U);
  EXPECT_EQ(sum.merged().ranges().size(), 19'999U) << "2 to 4 and 6 touch no others";
  EXPECT_EQ(sum.sortings(), 1U);
}

TEST(SequenceSet, TheLargestNumbersDoNotWrap) {
  const SequenceSet set({Sequence{UINT64_MAX}, Sequence{UINT64_MAX - 1}, Sequence{0}});
  EXPECT_EQ(set.encode().size(), 32U);
  EXPECT_TRUE(set.contains(Sequence{UINT64_MAX}));
  EXPECT_FALSE(set.contains(Sequence{1}));
}

TEST(SequenceSet, RefusesNonsense) {
  const std::string body = SequenceSet({Sequence{5}}).encode();
  EXPECT_FALSE(SequenceSet::decode(as_bytes(body).first(15)));
  std::string reversed = body;
  reversed[0] = 6;
  EXPECT_FALSE(SequenceSet::decode(as_bytes(reversed)));
  EXPECT_TRUE(SequenceSet::decode({})->empty());
}

TEST(RecordBody, OfATwofoldDeletionRoundTrips) {
  RecordContent content;
  content.retrievals = SequenceSet::all(1, 9);
  content.everywhere = SequenceSet::all(3, 4);
  content.deletions = SequenceSet({Sequence{1}, Sequence{7}});
  const RecordType type = RecordType::kTwofoldDeletion;
  const std::string body = encode_content(type, content);
  const auto read = decode_content(type, as_bytes(body));
  ASSERT_TRUE(read);
  EXPECT_EQ(encode_content(type, *read), body);
  EXPECT_EQ(read->everywhere.size(), 2U);
  EXPECT_EQ(read->deletions.size(), 2U);
  EXPECT_EQ(read->retrievals.size(), 9U);
  EXPECT_EQ(count_of(type, *read), 4U);
  // Cut anywhere but behind a whole range of the last list, it is none.
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_EQ(decode_content(type, as_bytes(body).first(size)).has_value(),
              size == body.size() - 16 || size == body.size() - 32)
        << size;
}

TEST(FileNames, AreReadableSafeAndDistinct) {
  EXPECT_EQ(encode_account("alice+x_y-z@example.test"), "alice+x_y-z@example.test");
  EXPECT_EQ(encode_account("../A b\xff"), "..%2f%41%20b%ff");
  const std::string a = encode_account(std::string(300, 'a') + "1");
  const std::string b = encode_account(std::string(300, 'a') + "2");
  EXPECT_NE(a, b);
  EXPECT_LE(a.size(), 180U);
  EXPECT_EQ(log_paths("/r", "alice").index, log_paths("/r", "alice").directory + "/alice.idx");
}

TEST(Uid, FitsUidl) {
  MaildropId id{};
  id.fill(std::byte{0xA5});
  MessageInfo info;
  info.sequence = Sequence{UINT64_MAX};
  std::string uid;
  append_derived_uid(uid_prefix(id), info, uid);
  EXPECT_TRUE(check_uid(uid)) << uid;
  EXPECT_LE(uid.size(), 40U);
}

TEST(Uid, ChangesWithMaildropSequenceAndContent) {
  MaildropId id{};
  MessageInfo info;
  std::string first;
  append_derived_uid(uid_prefix(id), info, first);
  MessageInfo other = info;
  other.wire_checksum = 1;
  std::string second;
  append_derived_uid(uid_prefix(id), other, second);
  EXPECT_NE(first, second);
  id[0] = std::byte{1};
  std::string third;
  append_derived_uid(uid_prefix(id), info, third);
  EXPECT_NE(first, third);
}

TEST(MessageList, EntriesStayWhereTheyAre) {
  MessageList list(std::make_shared<UidPool>());
  std::vector<const MessageEntry*> places;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    MessageEntry entry;
    entry.info.sequence = Sequence{i};
    entry.info.octets = 2;
    list.append(entry);
    places.push_back(&list[static_cast<std::uint32_t>(i)]);
  }
  EXPECT_EQ(list.octets(), 10000U);
  for (std::uint32_t i = 0; i < 5000; ++i) {
    EXPECT_EQ(list[i].info.sequence, Sequence{i});
    EXPECT_EQ(&list[i], places[i]);
  }
}

}  // namespace
}  // namespace restante::maildrop::log
