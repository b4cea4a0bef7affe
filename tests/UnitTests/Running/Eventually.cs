using Xunit;

namespace Penstock.UnitTests.Running;

/// <summary>Waits for other tasks to get somewhere; fails with the reason after two minutes: no figure, only the end of a hang.</summary>
internal static class Eventually
{
    public static async Task TrueAsync(string what, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, $"it never came true that {what}");
            await Task.Delay(2);
        }
    }
}
