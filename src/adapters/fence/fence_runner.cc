#include "adapters/fence/fence_runner.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "adapters/process/program_runner.h"
#include "adapters/process/tail_line.h"
#include "base/format.h"

namespace holdfast {
namespace {

using boost::system::error_code;

constexpr int status_is_off = 2;  // FenceAgentAPI.md
constexpr int status_is_on = 0;
constexpr int most_questions = 3;
constexpr Millis between_questions{1000};
constexpr std::size_t longest_text = 600;

}  // namespace

class FenceRunner::State : public std::enable_shared_from_this<FenceRunner::State> {
 public:
  State(boost::asio::io_context& loop, FenceAgents agents) : loop_(loop), agents_(std::move(agents)), runner_(loop) {}

  void fence(const FenceOrder& order, std::function<void(FenceResult)> done) {
    if (under_way_.contains(order.target)) {
      boost::asio::post(loop_, [self = weak_from_this(), done = std::move(done), name = order.target_name] {
        if (!self.expired()) done({FenceVerdict::not_runnable, -1, format("{} is being fenced already", name)});
      });
      return;
    }
    auto& job = under_way_[order.target] = std::make_shared<Job>(loop_, order, std::move(done));
    job->timer.expires_after(order.delay);
    job->timer.async_wait([self = shared_from_this(), wanted = job](const error_code& error) {
      if (!error && !wanted->over) self->run(wanted, FenceStep::off);
    });
  }

  void cancel(NodeId target) {
    const auto found = under_way_.find(target);
    if (found == under_way_.end()) return;
    const std::shared_ptr<Job> job = found->second;
    const bool began = job->run.has_value();
    if (began) runner_.cancel(*job->run);
    end(job, FenceVerdict::cancelled, -1, began ? "given up while it ran" : "given up before it began");
  }

  void know(FenceAgents agents) { agents_ = std::move(agents); }

  void stop() {
    for (auto& [target, job] : under_way_) {
      job->over = true;
      job->timer.cancel();
    }
    under_way_.clear();
  }

 private:
  struct Job {
    Job(boost::asio::io_context& loop, FenceOrder wanted, std::function<void(FenceResult)> call)
        : order(std::move(wanted)), done(std::move(call)), timer(loop) {}
    FenceOrder order;
    std::function<void(FenceResult)> done;
    boost::asio::steady_timer timer;
    std::optional<RunId> run;
    int questions = 0;
    bool over = false;
  };

  void run(const std::shared_ptr<Job>& job, FenceStep step) {
    auto command = agents_.command(job->order, step);
    if (!command) return end(job, FenceVerdict::not_runnable, -1, command.error().text);
    job->run = runner_.run(*std::move(command), job->order.limit,
                           [self = weak_from_this(), job, step](const RunResult& result) {
                             const auto alive = self.lock();
                             if (alive == nullptr || job->over) return;
                             step == FenceStep::off ? alive->take_off(job, result) : alive->take_status(job, result);
                           });
  }

  void take_off(const std::shared_ptr<Job>& job, const RunResult& result) {
    if (result.outcome != RunOutcome::exited || result.exit_code != 0) return fail(job, "off", result);
    run(job, FenceStep::status);
  }

  void take_status(const std::shared_ptr<Job>& job, const RunResult& result) {
    if (result.outcome != RunOutcome::exited) return fail(job, "status", result);
    if (result.exit_code == status_is_off) return end(job, FenceVerdict::off, result.exit_code, "confirmed off");
    if (result.exit_code != status_is_on) return fail(job, "status", result);
    if (++job->questions >= most_questions)
      return end(job, FenceVerdict::failed, result.exit_code, "said that it switched off, but the status is on");
    job->timer.expires_after(between_questions);
    job->timer.async_wait([self = shared_from_this(), job](const error_code& error) {
      if (!error && !job->over) self->run(job, FenceStep::status);
    });
  }

  void fail(const std::shared_ptr<Job>& job, std::string_view step, const RunResult& result) {
    const std::string output = tail_line(without_secrets(result.output, job->order.parameters), longest_text);
    const std::string said = output.empty() ? "" : ": " + output;
    switch (result.outcome) {
      case RunOutcome::exited:
        return end(job, FenceVerdict::failed, result.exit_code,
                   format("{} failed with exit code {}{}", step, result.exit_code, said));
      case RunOutcome::signalled:
        return end(job, FenceVerdict::failed, -1, format("{} was ended by signal {}{}", step, result.exit_code, said));
      case RunOutcome::timed_out:
        return end(job, FenceVerdict::timed_out, -1,
                   format("{} gave no answer within {} ms, killed{}", step, job->order.limit.count(), said));
      case RunOutcome::cancelled:
        return end(job, FenceVerdict::cancelled, -1, format("{} was given up", step));
      case RunOutcome::not_run:
        return end(job, FenceVerdict::not_runnable, -1, format("{} could not be run{}", step, said));
    }
  }

  void end(const std::shared_ptr<Job>& job, FenceVerdict verdict, int exit_code, const std::string& text) {
    job->over = true;
    job->timer.cancel();
    under_way_.erase(job->order.target);
    // Later: never from within fence() or cancel().
    boost::asio::post(
        loop_, [self = weak_from_this(), job, verdict, exit_code, said = format("{}: {}", job->order.agent, text)] {
          if (!self.expired()) job->done({verdict, exit_code, said});
        });
  }

  boost::asio::io_context& loop_;
  FenceAgents agents_;
  ProgramRunner runner_;
  std::map<NodeId, std::shared_ptr<Job>> under_way_;
};

FenceRunner::FenceRunner(boost::asio::io_context& loop, FenceAgents agents)
    : state_(std::make_shared<State>(loop, std::move(agents))) {}
FenceRunner::~FenceRunner() { state_->stop(); }
void FenceRunner::know(FenceAgents agents) { state_->know(std::move(agents)); }

void FenceRunner::fence(const FenceOrder& order, std::function<void(FenceResult)> done) {
  state_->fence(order, std::move(done));
}
void FenceRunner::cancel(NodeId target) { state_->cancel(target); }

}  // namespace holdfast
