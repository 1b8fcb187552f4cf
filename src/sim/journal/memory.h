// The journal of one simulated daemon: on the disk of its machine, at once or not at all.
#pragma once

#include <string>
#include <utility>

#include "ports/journal_store.h"
#include "sim/store.h"
#include "wire/journal.h"

namespace holdfast::sim {

class MemoryJournal final : public JournalStore {
 public:
  /// `head` of every segment; its number is set here.
  MemoryJournal(SimDisk& disk, wire::JournalHead head) : disk_(disk), head_(std::move(head)) {}

  void begin(std::string record) override {
    ++begun_;
    standing_.trouble.clear();
    if (!well()) return lose();
    standing_.segments = begun_;
    head_.segment = disk_.journal.size() + 1;
    disk_.journal.push_back(wire::journal_header(head_));
    records_ = 0;
    put(record);
  }

  void append(std::string record) override { standing_.trouble.empty() && well() ? put(record) : lose(); }

  JournalStanding standing() const override { return standing_; }
  bool takes() const override { return disk_.health != DiskHealth::hanging; }

 private:
  bool well() const { return disk_.health == DiskHealth::well; }
  void put(const std::string& record) { disk_.journal.back() += wire::journal_record(++records_, record); }
  void lose() {
    ++standing_.lost;
    standing_.trouble = disk_.health == DiskHealth::full ? "no space left on device" : "the disk hangs";
  }

  SimDisk& disk_;
  wire::JournalHead head_;
  JournalStanding standing_;
  std::uint64_t begun_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace holdfast::sim
