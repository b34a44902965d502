namespace FastRbm.Training;

/// <summary>The rows of an update, and which update it is.</summary>
/// <param name="Order">The order of the rows in this epoch.</param>
/// <param name="FirstRow">Where in it the minibatch starts.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Update">The update, from 0.</param>
/// <param name="Updates">The length of the run.</param>
internal readonly record struct Minibatch(int[] Order, int FirstRow, int Rows, int Epoch, long Update, long Updates);
