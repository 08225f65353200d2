#include "evidence.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <tuple>

#include "sqlite/database.hpp"
#include "sqlite/statement.hpp"

namespace evd::chaos {
namespace {

// The subscriptions of each subject, as app/modules.cpp registers them.
const std::map<std::string, std::vector<std::string>>& subscriptions() {
  static const std::map<std::string, std::vector<std::string>> all{{"Shop.ordered", {"Billing.collect", "Ledger.book"}},
                                                                   {"Billing.collected", {"Delivery.ship"}},
                                                                   {"Delivery.shipped", {"Mail.tell", "Stats.count"}},
                                                                   {"Shop.reminded", {"Mail.remind"}}};
  return all;
}

class complaints {
 public:
  void add(const std::string& kind, const std::string& example) {
    auto& [count, text] = kinds_[kind];
    if (++count <= 3) text += ' ' + example;
  }
  [[nodiscard]] std::vector<std::string> take() const {
    std::vector<std::string> all;
    for (const auto& [kind, what] : kinds_) {
      all.push_back(kind + ": " + std::to_string(what.first) + ", as" + what.second);
    }
    return all;
  }

 private:
  std::map<std::string, std::pair<std::size_t, std::string>> kinds_;
};

struct stored_event {
  std::string subject;
  std::string command;
  std::string data;
};

class check {
 public:
  check(const std::string& file, const evidence& seen, const expectation& expected)
      : db_(file, sqlite::open_as::read_only), seen_(seen), expected_(expected) {}

  std::vector<std::string> run() {
    load();
    check_file();
    check_commands();
    check_events();
    if (expected_.in_order) check_order();
    return wrong_.take();
  }

 private:
  void load() {
    sqlite::statement commands{db_,
                               "SELECT lower(hex(c.id)), coalesce(o.status, 0) FROM commands c"
                               " LEFT JOIN command_outcomes o ON o.command = c.id"};
    for (auto rows = commands.query(); rows.next();) {
      if (!commands_.emplace(rows.text(0), rows.integer(1)).second)
        wrong_.add("command twice", std::string(rows.text(0)));
    }
    sqlite::statement events{db_,
                             "SELECT lower(hex(id)), subject, lower(hex(command)), data FROM events ORDER BY sequence"};
    for (auto rows = events.query(); rows.next();) {
      const std::string id(rows.text(0));
      stored_event event{std::string(rows.text(1)), std::string(rows.text(2)), std::string(rows.text(3))};
      ++events_of_[event.command][event.subject];
      if (!events_.emplace(id, event).second) wrong_.add("event id twice", id);
      in_log_order_.push_back(id);
    }
    sqlite::statement outcomes{db_,
                               "SELECT s.module || '.' || s.name, lower(hex(o.event)) FROM outcomes o"
                               " JOIN subscriptions s ON s.number = o.subscription"};
    for (auto rows = outcomes.query(); rows.next();)
      ++outcomes_[{std::string(rows.text(0)), std::string(rows.text(1))}];
    sqlite::statement letters{db_,
                              "SELECT s.module || '.' || s.name, lower(hex(d.event)), d.reason FROM dead_letters d"
                              " JOIN subscriptions s ON s.number = d.subscription WHERE d.status = 0"};
    static const std::vector<std::string> reasons{"attemptsExhausted", "permanent", "crashes", "undecodable"};
    for (auto rows = letters.query(); rows.next();) {
      const std::pair<std::string, std::string> pair{rows.text(0), rows.text(1)};
      ++letters_[pair];
      const auto& reason = reasons.at(static_cast<std::size_t>(rows.integer(2)));
      if (!expected_.dead_letter_reasons.contains(reason)) {
        wrong_.add("dead letter for " + reason, pair.first + '/' + pair.second);
      }
    }
  }

  void check_file() {
    const auto intact = db_.text("PRAGMA integrity_check");
    if (intact != "ok") wrong_.add("file is corrupt", intact);
    if (const auto waiting = db_.integer("SELECT count(*) FROM waiting"); waiting > 0) {
      wrong_.add("rows that still wait", std::to_string(waiting));
    }
    const auto counted = [&](const char* column, std::size_t rows) {
      const auto said = db_.integer(("SELECT " + std::string(column) + " FROM progress").c_str());
      if (static_cast<std::size_t>(said) != rows) {
        wrong_.add(std::string("counter of ") + column + " is off", std::to_string(said) + "/" + std::to_string(rows));
      }
    };
    counted("commands", commands_.size());
    counted("events", events_.size());
    counted("outcomes", outcomes_.size());
    for (const auto& text : seen_.refused) {
      const auto is_allowed = [&](const std::string& part) { return text.find(part) != std::string::npos; };
      if (std::none_of(expected_.refusals.begin(), expected_.refusals.end(), is_allowed)) {
        wrong_.add("call answered with an error", text);
      }
    }
  }

  void check_commands() {
    constexpr std::int64_t accepted = 0;
    constexpr std::int64_t succeeded = 1;
    constexpr std::int64_t unknown = 4;
    for (const auto& id : seen_.accepted) {
      const auto found = commands_.find(id);
      if (found == commands_.end()) {
        wrong_.add("accepted command that is not in the store", id);
      } else if (found->second != succeeded) {
        wrong_.add("answered command that did not succeed", id);
      }
    }
    for (const auto& [id, status] : commands_) {
      if (status == accepted) wrong_.add("command that stays open", id);
      if (status != succeeded && status != unknown && status != accepted) wrong_.add("command of another status", id);
      const auto orders = count_of(id, "Shop.ordered");
      if (orders != (status == succeeded ? 1U : 0U)) wrong_.add("command with other than its one event", id);
    }
  }

  void check_events() {
    for (const auto& [id, event] : events_) {
      const auto found = subscriptions().find(event.subject);
      if (found == subscriptions().end()) {
        wrong_.add("event of another subject", id);
        continue;
      }
      for (const auto& subscription : found->second) {
        if (!expected_.mail && subscription.starts_with("Mail.")) continue;
        check_pair({subscription, id}, event);
      }
    }
    for (const auto& [pair, times] : seen_.handled) {
      if (!events_.contains(pair.second)) wrong_.add("handled event that is not in the store", pair.second);
    }
    for (const auto& [id, status] : commands_) {
      for (const auto* subject : {"Billing.collected", "Delivery.shipped", "Shop.reminded"}) {
        if (count_of(id, subject) > 1) wrong_.add("consequence that is there twice", id + ' ' + subject);
      }
    }
  }

  void check_pair(const std::pair<std::string, std::string>& pair, const stored_event& event) {
    const auto name = pair.first + '/' + pair.second;
    const auto outcomes = outcomes_.contains(pair) ? outcomes_[pair] : 0;
    const auto letters = letters_.contains(pair) ? letters_[pair] : 0;
    if (outcomes + letters == 0) wrong_.add("event that a subscription never handled", name);
    if (outcomes + letters > 1) wrong_.add("event with more than one end", name);
    if (outcomes > 0 && !seen_.handled.contains(pair)) wrong_.add("outcome without its handler having run", name);
    if (outcomes > 0 && pair.first == "Billing.collect" && count_of(event.command, "Billing.collected") != 1) {
      wrong_.add("outcome without what its handler published", name);
    }
    if (outcomes > 0 && pair.first == "Delivery.ship" && count_of(event.command, "Delivery.shipped") != 1) {
      wrong_.add("outcome without what its handler published", name);
    }
  }

  // Within one account nothing is handled for the first time before all that is before it in the log.
  void check_order() {
    std::map<std::string, std::vector<std::string>> logged;
    std::map<std::string, std::size_t> next;
    for (const auto& id : in_log_order_) {
      const auto& event = events_.at(id);
      if (event.subject == "Shop.ordered") logged[account_of(event)].push_back(id);
    }
    std::set<std::string> done;
    for (const auto& [subscription, id] : seen_.order) {
      if (subscription != "Ledger.book" || !events_.contains(id) || !done.insert(id).second) continue;
      const auto account = account_of(events_.at(id));
      if (logged[account].at(next[account]++) != id) {
        wrong_.add("event handled before an earlier one of its key", id);
        return;
      }
    }
  }

  static std::string account_of(const stored_event& event) { return event.data.substr(event.data.find("\"account\"")); }

  [[nodiscard]] std::size_t count_of(const std::string& command, const std::string& subject) const {
    const auto found = events_of_.find(command);
    if (found == events_of_.end()) return 0;
    const auto events = found->second.find(subject);
    return events == found->second.end() ? 0 : events->second;
  }

  sqlite::database db_;
  const evidence& seen_;
  const expectation& expected_;
  complaints wrong_;
  std::map<std::string, std::int64_t> commands_;
  std::map<std::string, stored_event> events_;
  std::vector<std::string> in_log_order_;
  std::map<std::string, std::map<std::string, std::size_t>> events_of_;
  std::map<std::pair<std::string, std::string>, std::size_t> outcomes_;
  std::map<std::pair<std::string, std::string>, std::size_t> letters_;
};

}  // namespace

const std::vector<std::string>& line_reader::all() {
  std::ifstream file(path_, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(read_));
  const std::string more{std::istreambuf_iterator<char>(file), {}};
  read_ += more.size();
  rest_ += more;
  std::size_t begin = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    auto& line = lines_.emplace_back(rest_.substr(begin, end - begin));
    if (line.starts_with("A ")) ++accepted_;
    begin = end + 1;
  }
  rest_.erase(0, begin);
  return lines_;
}

std::size_t line_reader::accepted() {
  (void)all();
  return accepted_;
}

void evidence::add(line_reader& run) {
  for (const auto& line : run.all()) {
    if (line.starts_with("A ")) {
      accepted.insert(line.substr(2));
    } else if (line.starts_with("R ")) {
      refused.push_back(line.substr(2));
    } else {
      std::istringstream words(line.substr(2));
      std::pair<std::string, std::string> pair;
      handling one{runs, 0};
      words >> pair.first >> pair.second >> one.at;
      handled[pair].push_back(one);
      order.push_back(std::move(pair));
    }
  }
  ++runs;
}

std::vector<std::string> evidence::handled_again(
    const std::function<bool(const handling& before, const handling& after)>& excused) const {
  std::vector<std::string> all;
  for (const auto& [pair, times] : handled) {
    auto sorted = times;
    std::sort(sorted.begin(), sorted.end(), [](const handling& a, const handling& b) { return a.at < b.at; });
    for (std::size_t i = 1; i < sorted.size(); ++i) {
      const auto& before = sorted[i - 1];
      const auto& after = sorted[i];
      if (excused(before, after)) continue;
      all.push_back(pair.first + '/' + pair.second + " by run " + std::to_string(before.run) + " and, " +
                    std::to_string((after.at - before.at) / 1'000) + " ms later, by run " + std::to_string(after.run));
    }
  }
  return all;
}

std::vector<std::string> what_is_wrong(const std::string& file, const evidence& seen, const expectation& expected) {
  return check(file, seen, expected).run();
}

}  // namespace evd::chaos
