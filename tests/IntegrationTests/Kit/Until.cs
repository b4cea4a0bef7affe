using System.Diagnostics;

namespace Penstock.IntegrationTests.Kit;

/// <summary>Waits for something outside the test to become true, in place of sleeps.</summary>
internal static class Until
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <exception cref="TimeoutException">It did not become true; the message says what was waited for.</exception>
    public static Task True(string reason, Func<bool> condition, TimeSpan? within = null) =>
        True(reason, () => Task.FromResult(condition()), within);

    /// <inheritdoc cref="True(string, Func{bool}, TimeSpan?)"/>
    public static async Task True(string reason, Func<Task<bool>> condition, TimeSpan? within = null) =>
        await Found(reason, async () => await condition() ? "" : null, within);

    /// <summary>The first value that is not null.</summary>
    public static Task<T> Found<T>(string reason, Func<T?> look, TimeSpan? within = null)
        where T : class => Found(reason, () => Task.FromResult(look()), within);

    /// <inheritdoc cref="Found{T}(string, Func{T}, TimeSpan?)"/>
    public static async Task<T> Found<T>(string reason, Func<Task<T?>> look, TimeSpan? within = null)
        where T : class
    {
        var patience = within ?? Patience;
        var watch = Stopwatch.StartNew();
        Exception? last = null;
        do
        {
            try
            {
                if (await look() is { } found)
                    return found;
                last = null;
            }
            catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException)
            {
                last = error;
            }

            await Task.Delay(Step);
        }
        while (watch.Elapsed < patience);

        throw new TimeoutException($"Not within {patience.TotalSeconds:0.#} s: {reason}", last);
    }
}
