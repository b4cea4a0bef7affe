using Confluent.Kafka;

namespace Penstock.Central.Kafka;

/// <summary>
/// Looks at the cluster again and again. A client that got no answer is thrown away: it would go on asking for a controller that is
/// dead, long after another was elected. For one task.
/// </summary>
internal sealed class ClusterEye(KafkaOptions options) : IDisposable
{
    private IAdminClient? _admin;

    /// <param name="cancel">Ends the wait at once: who reads anew must not stand behind a question to a dead broker.</param>
    /// <exception cref="ClusterException">No broker answers, or it refuses.</exception>
    public async Task<ClusterView> LookAsync(CancellationToken cancel)
    {
        _admin ??= KafkaClients.BuildAdmin(options);
        try
        {
            return await ClusterLook.AtAsync(_admin, options, options.Consumed, withSettings: false).WaitAsync(cancel);
        }
        catch (Exception e) when (e is ClusterException or OperationCanceledException)
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _admin?.Dispose();
        _admin = null;
    }
}
