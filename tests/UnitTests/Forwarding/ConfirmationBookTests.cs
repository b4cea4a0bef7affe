using Penstock.EdgeAgent.Forwarding.Confirming;
using Penstock.EdgeAgent.Outbox;
using Xunit;

namespace Penstock.UnitTests.Forwarding;

public sealed class ConfirmationBookTests
{
    private readonly ConfirmationBook _book = new();

    [Fact]
    public void A_group_leaves_when_every_number_is_confirmed_in_whatever_pieces()
    {
        _book.Add(Some.Group(1, 10), now: 0);

        Assert.Empty(_book.Confirm("e1", 6, 10));
        Assert.Empty(_book.Confirm("e1", 1, 4));
        Assert.Equal(1, Assert.Single(_book.Confirm("e1", 5, 5)).Group.FirstSeq);
        Assert.Equal(0, _book.Records);
    }

    [Fact]
    public void One_range_confirms_all_groups_it_covers_and_no_other()
    {
        foreach (var first in new[] { 1, 11, 21, 31 })
            _book.Add(Some.Group(first, 10), now: 0);
        _book.Add(Some.Group(11, 10, epoch: "e0"), now: 0);

        var left = _book.Confirm("e1", 5, 35);

        Assert.Equal([11L, 21L], left.Select(left => left.Group.FirstSeq));
        Assert.Equal(30, _book.Records);
    }

    [Fact]
    public void A_confirmation_that_is_faster_than_the_brokers_answer_counts()
    {
        _book.Confirm("e1", 1, 10);

        Assert.False(_book.Add(Some.Group(1, 10), now: 0));
        Assert.Equal(0, _book.Records);
    }

    [Fact]
    public void Groups_come_back_oldest_first_and_only_when_their_time_is_over()
    {
        _book.Add(Some.Group(11, 10), now: 100);
        _book.Add(Some.Group(1, 10), now: 200);
        _book.Confirm("e1", 11, 20);

        Assert.Null(_book.TakeSentBefore(199));
        Assert.Equal(1, _book.TakeSentBefore(200)!.FirstSeq);
        Assert.Null(_book.TakeSentBefore(long.MaxValue));
    }

    [Fact]
    public void A_backlog_that_waits_leaves_the_live_lane_its_room()
    {
        var book = new ConfirmationBook(liveRoom: 50) { BacklogRoom = 100 };
        for (var first = 1; book.HasRoom(Lane.Backlog); first += 20)
            book.Add(Some.Group(first, 20, Lane.Backlog), now: 0);

        Assert.True(book.HasRoom(Lane.Live));
        Assert.True(book.Records <= 100);
    }

    [Fact]
    public void Random_confirmations_release_exactly_what_they_cover()
    {
        var chance = new Random(4);
        var groups = new List<OutboxGroup>();
        for (long first = 1; first < 5000;)
        {
            var count = chance.Next(1, 30);
            groups.Add(Some.Group(first, count));
            _book.Add(groups[^1], now: 0);
            first += count + (chance.Next(4) == 0 ? 7 : 0);
        }

        var confirmed = new SeqRanges();
        var left = new HashSet<long>();
        for (var i = 0; i < 2000; i++)
        {
            var from = chance.Next(1, 5000);
            var to = from + chance.Next(0, 40);
            confirmed.Add(from, to);
            foreach (var (group, _) in _book.Confirm("e1", from, to))
                Assert.True(left.Add(group.FirstSeq));
        }

        Assert.Equal(groups.Where(group => confirmed.Covers(group.FirstSeq, group.FirstSeq + group.Count - 1)).Select(group => group.FirstSeq).Order(), left.Order());
    }
}
