// The queue of this origin, looked at.
import '/page.js'
import '/outlast/inspector.js'

const inspector = document.createElement('outlast-inspector')
inspector.client = window.outlast
document.body.append(inspector)
