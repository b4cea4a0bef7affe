using Confluent.Kafka;

namespace Penstock.EdgeAgent.Forwarding.Kafka;

/// <summary>
/// One producer with what it told about itself: the trouble of its link, its statistics, and whether it is beyond repair.
/// Threads: the client's own threads write, both lanes and the status read; single fields, each replaced whole.
/// </summary>
internal sealed class KafkaClient : IKafkaEvents, IDisposable
{
    private readonly ILogger _log;
    private readonly string _to;
    private IKafkaProducer? _producer;
    private volatile Error? _trouble;
    private volatile KafkaStatistics _statistics = new();
    private volatile Error? _fatal;

    public KafkaClient(Func<IKafkaEvents, IKafkaProducer> create, string to, ILogger log)
    {
        _log = log;
        _to = to;
        _producer = create(this);
    }

    public IKafkaProducer Producer => _producer ?? throw new ObjectDisposedException(nameof(KafkaClient));

    /// <summary>Set when this client will never deliver again: another one has to be made.</summary>
    public Error? Fatal => _fatal;

    /// <summary>What is wrong with the link, since the last record that was delivered.</summary>
    public Error? Trouble => _trouble;

    public KafkaStatistics Statistics => _statistics;

    public void Delivered() => _trouble = null;

    public void Failed(Error error)
    {
        if (error.IsFatal)
            _fatal = error;
        // "All brokers are down" follows the error that says why.
        if (KafkaFaults.IsOfTheLink(error.Code) && (error.Code != ErrorCode.Local_AllBrokersDown || _trouble is null))
            _trouble = error;
        _log.KafkaError(_to, error.Code.ToString(), error.Reason);
    }

    public void Counted(string json) => _statistics = KafkaStatistics.Read(json) ?? _statistics;

    public void Dispose()
    {
        _producer?.Dispose();
        _producer = null;
    }
}
