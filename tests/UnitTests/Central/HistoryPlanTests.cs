using FsCheck;
using FsCheck.Fluent;
using Penstock.Central.Api;
using Xunit;

namespace Penstock.UnitTests.Central;

public sealed class HistoryPlanTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true);

    [Fact]
    public void The_steps_of_a_range_are_never_more_than_the_points_asked_for()
    {
        var questions = Gen.Choose(1, int.MaxValue).Zip(Gen.Choose(HistoryPlan.MinPoints, HistoryPlan.MaxPoints));

        Check.One(Many, Prop.ForAll(questions.ToArbitrary(), question =>
        {
            var range = TimeSpan.FromMilliseconds(question.Item1 * 10.0);

            var step = HistoryPlan.Step(range, question.Item2);

            Assert.True(step * question.Item2 >= range - TimeSpan.FromMilliseconds(1));
        }));
    }

    [Theory]
    [InlineData(1, 1000, 4)]
    [InlineData(24, 1000, 120)]
    [InlineData(24 * 20, 1000, 29 * 60)]
    [InlineData(24 * 30, 1000, 3600)]
    [InlineData(24 * 365, 1000, 9 * 3600)]
    [InlineData(24 * 365 * 5, 1000, 2 * 86_400)]
    public void A_step_is_a_multiple_of_the_roll_ups_that_serve_it(double hours, int points, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), HistoryPlan.Step(TimeSpan.FromHours(hours), points));
    }
}
